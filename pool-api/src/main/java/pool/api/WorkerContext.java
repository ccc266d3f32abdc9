package pool.api;

import java.time.Duration;
import java.util.Map;

/**
 * What a worker is told when it is opened, and the owner of what it opens.
 *
 * <p>Used on the worker's thread, except {@link #isClosing}, which any thread may ask.
 */
public interface WorkerContext {

  /**
   * The name of the pool, {@code standalone} without one.
   *
   * @return the pool's name
   */
  String poolName();

  /**
   * The name of the worker: its pool's name and its slot, {@code download-3}. Its thread has the
   * same name.
   *
   * @return the worker's name
   */
  String workerName();

  /**
   * The slot that the worker fills, from 0 to the number of workers less one. A worker that
   * replaces a broken one has the same slot.
   *
   * @return the slot
   */
  int index();

  /**
   * The value that was given for an option, or its default.
   *
   * @param <T> the type of the value
   * @param option one of the factory's {@link WorkerFactory#options}
   * @return the value
   * @throws IllegalArgumentException when the option is required and missing, or cannot be read
   */
  <T> T get(Option<T> option);

  /**
   * The options as they were given, as text. Secret ones are among them: do not print this.
   *
   * @return an unmodifiable map from name to text
   */
  Map<String, String> options();

  /**
   * Whether the pool has begun to close: no job will be accepted any more.
   *
   * @return true from then on
   */
  boolean isClosing();

  /**
   * How long the pool waits for a worker that it has told to stop, before it abandons it.
   *
   * @return positive or zero; 5 s without a pool
   */
  default Duration cancelGrace() {
    return Duration.ofSeconds(5);
  }

  /**
   * Makes this context the owner of a resource: it is closed on the worker's thread after the
   * worker's own {@link Worker#close}, in the reverse order of owning, or at once when {@link
   * WorkerFactory#open} throws, so that an opening that fails half-way leaks nothing.
   *
   * @param <T> the type of the resource
   * @param resource what to close
   * @return the same resource
   */
  @SuppressWarnings("try") // closing may be interrupted
  <T extends AutoCloseable> T own(T resource);

  /**
   * A context without a pool and without options.
   *
   * @return a new context
   */
  static StandaloneContext standalone() {
    return standalone(Map.of());
  }

  /**
   * A context without a pool, so that a worker can be used and tested alone. What a worker of
   * {@link WorkerFactory#of} owns is closed by the worker's {@code close}; what a worker of a
   * factory class owns, by the context's.
   *
   * @param options from name to text
   * @return a new context
   */
  static StandaloneContext standalone(Map<String, String> options) {
    return new StandaloneContext(options);
  }
}
