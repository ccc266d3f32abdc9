package pool.api;

import java.time.Duration;
import java.util.Map;

/**
 * What a worker knows of its pool, and the owner of the resources that the worker opens.
 *
 * <p>Use a context on the worker's thread; any thread may call {@link #isClosing}.
 */
public interface WorkerContext {

  /**
   * Returns the name of the pool.
   *
   * @return the pool's name, {@code standalone} without a pool
   */
  String poolName();

  /**
   * Returns the name of the worker, which is made of the pool's name and the slot: {@code
   * download-3}. The worker's thread has the same name.
   *
   * @return the worker's name
   */
  String workerName();

  /**
   * Returns the slot in which the worker lives. A worker that replaces another one has the same
   * slot.
   *
   * @return the slot, from 0 to the number of workers minus 1
   */
  int index();

  /**
   * Returns the value of an option, or its default if none was given.
   *
   * @param <T> the type of the value
   * @param option one of the factory's {@link WorkerFactory#options}
   * @return the value, not null
   * @throws IllegalArgumentException if the option is required and missing, or if it cannot be read
   */
  <T> T get(Option<T> option);

  /**
   * Returns the options that were given as text. Secret ones are among them: do not print this map.
   *
   * @return an unmodifiable map from name to text
   */
  Map<String, String> options();

  /**
   * Returns whether the pool has begun to close. From then on it accepts no job. Any thread may
   * call this method.
   *
   * @return {@code true} once the pool has begun to close
   */
  boolean isClosing();

  /**
   * Returns how long the pool waits for a worker that a time-out or a close has stopped before it
   * abandons the worker.
   *
   * @return the time, zero or more; 5 s without a pool
   */
  default Duration cancelGrace() {
    return Duration.ofSeconds(5);
  }

  /**
   * Makes this context the owner of a resource, and returns the resource.
   *
   * {@snippet :
   * Socket socket = context.own(new Socket(host, port));
   * }
   *
   * <p>Owned resources are closed on the worker's thread after the worker's own {@link
   * Worker#close}, the last one first. If {@link WorkerFactory#open} throws, they are closed at
   * once, so that an opening that fails half-way leaks nothing.
   *
   * @param <T> the type of the resource
   * @param resource the resource to close, not null
   * @return the same resource
   */
  @SuppressWarnings("try") // closing may be interrupted
  <T extends AutoCloseable> T own(T resource);

  /**
   * Returns a new context without a pool or options, for instance for a test.
   *
   * {@snippet :
   * try (Worker<String, String> worker = asking.open(WorkerContext.standalone())) {
   *   return worker.run("hello");
   * }
   * }
   *
   * @return a new context
   */
  static StandaloneContext standalone() {
    return standalone(Map.of());
  }

  /**
   * Returns a new context without a pool, to use or test a worker alone.
   *
   * <p>The worker's {@code close} closes what the worker owns through the context if {@link
   * WorkerFactory#of} made its factory; otherwise the context's does.
   *
   * @param options the options, from name to text
   * @return a new context
   */
  static StandaloneContext standalone(Map<String, String> options) {
    return new StandaloneContext(options);
  }
}
