package pool.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The context of a worker that is opened without a pool, for instance in a test. {@link
 * WorkerContext#standalone()} creates one.
 *
 * <p>A worker of a factory made by {@link WorkerFactory#of} closes its standalone context when it
 * closes. A worker of any other factory does not: if it {@linkplain #own gives resources to the
 * context}, put the context into the {@code try} as well:
 *
 * {@snippet :
 * try (var context = WorkerContext.standalone(Map.of("port", port));
 *     Worker<String, String> worker = factory.open(context)) {
 *   System.out.println(worker.run("hello"));
 * }
 * }
 *
 * <p>This class is not thread-safe. Use a context only on the thread that opens the worker.
 */
@SuppressWarnings("try") // close() may be interrupted
public final class StandaloneContext implements WorkerContext, AutoCloseable {

  private final Map<String, String> options;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  StandaloneContext(Map<String, String> options) {
    this.options = Map.copyOf(options);
  }

  @Override
  public String poolName() {
    return "standalone";
  }

  @Override
  public String workerName() {
    return "standalone-0";
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public <T> T get(Option<T> option) {
    return option.valueIn(options);
  }

  @Override
  public Map<String, String> options() {
    return options;
  }

  @Override
  public boolean isClosing() {
    return false;
  }

  @Override
  public <T extends AutoCloseable> T own(T resource) {
    owned.push(Objects.requireNonNull(resource, "resource"));
    return resource;
  }

  /**
   * Closes the owned resources, the last one first. All of them are closed, even if some throw. A
   * second call has no effect.
   *
   * @throws Exception what a resource threw; if several threw, an {@link IllegalStateException}
   *     with the first exception as its cause and the others suppressed
   */
  @Override
  @SuppressWarnings("ReferenceEquality")
  public void close() throws Exception {
    List<Throwable> failures = new ArrayList<>(0);
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Throwable e) {
        if (failures.stream().noneMatch(failure -> failure == e)) { // two may throw one
          failures.add(e);
        }
      }
    }
    if (failures.size() > 1) { // they are foreign, and stay as they are
      IllegalStateException several =
          new IllegalStateException(
              failures.size() + " resources could not be closed", failures.getFirst());
      failures.subList(1, failures.size()).forEach(several::addSuppressed);
      throw several;
    }
    Throwable failure = failures.isEmpty() ? null : failures.getFirst();
    switch (failure) {
      case null -> {}
      case Error e -> throw e;
      case Exception e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
