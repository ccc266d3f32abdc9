package pool.api;

import java.time.Duration;

/**
 * Says that nothing was done of a job, and that it is to be run again, not before a delay has
 * passed. Thrown by {@link Worker#run}; by {@link BatchWorker#runAll} for all jobs of the batch
 * that were not told; given to {@link BatchWorker.Results#failed} for one of them.
 *
 * <p>The job gives its worker back and waits. The pool runs it again as often as its {@code
 * maxRetries} says; after that the job fails with this exception.
 *
 * <pre>{@code
 * if (response.statusCode() == 429) {
 *   throw new RetryLaterException(Duration.ofSeconds(2)).pausingPool();
 * }
 * }</pre>
 */
public final class RetryLaterException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Duration delay;
  private boolean isPausingPool;

  /**
   * A job that is to be run again later.
   *
   * @param delay how long it waits at least; the pool adds up to 10 %, by chance, so that not all
   *     jobs come back at once
   * @throws IllegalArgumentException when it is negative
   */
  public RetryLaterException(Duration delay) {
    super(message(delay));
    this.delay = delay;
  }

  /**
   * A job that is to be run again later, and why.
   *
   * @param delay how long it waits at least
   * @param cause why nothing was done
   * @throws IllegalArgumentException when the delay is negative
   */
  public RetryLaterException(Duration delay, Throwable cause) {
    super(message(delay), cause);
    this.delay = delay;
  }

  private static String message(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException("delay must not be negative, but was " + delay);
    }
    return "nothing was done; run the job again in " + delay;
  }

  /**
   * How long the job waits at least.
   *
   * @return zero or more
   */
  public Duration delay() {
    return delay;
  }

  /**
   * Lets the whole pool wait: no job of it starts before the delay has passed. For a server that
   * has had enough of all its clients, such as one that answers with status 429. It also holds when
   * the job itself is not run again.
   *
   * @return this exception
   */
  public RetryLaterException pausingPool() {
    isPausingPool = true;
    return this;
  }

  /**
   * Whether the whole pool is to wait.
   *
   * @return true after {@link #pausingPool}
   */
  public boolean isPausingPool() {
    return isPausingPool;
  }
}
