package pool.api;

import java.util.ArrayDeque;
import java.util.Deque;
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
   * @throws Exception the first failure to close, with later ones suppressed; all are closed
   */
  @Override
  @SuppressWarnings("ReferenceEquality")
  public void close() throws Exception {
    Throwable failure = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Throwable e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) { // it must not suppress itself
          failure.addSuppressed(e);
        }
      }
    }
    switch (failure) {
      case null -> {}
      case Error e -> throw e;
      case Exception e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }
}
