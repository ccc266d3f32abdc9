package pool.api;

import java.time.Duration;
import java.util.Objects;

/**
 * Says that nothing was done of a job, and that it is to be run again, not before a delay has
 * passed. Thrown by {@link Worker#run}; by {@link BatchWorker#runAll} for all jobs of the batch on
 * which it has not reported; given to {@link BatchWorker.Results#failed} for one of them.
 *
 * <p>The worker goes on with other jobs, and the pool runs this one again, as often as its {@code
 * maxRetries} says; after that the job fails with the last exception.
 *
 * <pre>{@code
 * if (response.statusCode() == 429) {
 *   throw new RetryLaterException(Duration.ofSeconds(2)).pausingPool();
 * }
 * }</pre>
 */
public final class RetryLaterException extends Exception {

  private static final long serialVersionUID = 1L;

  /** How long the job waits at least. */
  private final Duration delay;

  /** Whether the whole pool is to be paused. */
  private boolean isPausingPool;

  /**
   * A job that is to be run again later.
   *
   * @param delay how long it waits at least; the pool adds up to 10 % at random, so that not all
   *     jobs return at once
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
    Objects.requireNonNull(delay, "delay");
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
   * Pauses the whole pool: it starts no job until the delay has passed. Use it when the server
   * refuses every request, as with status 429. Runs under way go on, and one that a worker is just
   * taking may still start. The pause also holds when the job itself has no retries left.
   *
   * @return this exception
   */
  public RetryLaterException pausingPool() {
    isPausingPool = true;
    return this;
  }

  /**
   * Whether the whole pool is to be paused.
   *
   * @return true after {@link #pausingPool}
   */
  public boolean isPausingPool() {
    return isPausingPool;
  }
}
