package pool.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A worker's context without a pool.
 *
 * <p>The workers of a factory made by {@link WorkerFactory#of} close their standalone context
 * themselves. A factory class opens its workers unobserved; when such a worker {@linkplain #own
 * gives resources away}, put the context into the {@code try} as well:
 *
 * {@snippet file="Alone.java" region="alone"}
 *
 * <p>Not thread-safe: it belongs to the thread that opens the worker.
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
   * Closes what was owned, the last first. Does nothing the second time.
   *
   * @throws Exception what could not be closed has thrown; when that were several, an {@link
   *     IllegalStateException} with the first as its cause and the others suppressed. All are
   *     closed
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
