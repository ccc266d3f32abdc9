package pool.api;

import java.time.Duration;
import java.util.Objects;

/**
 * Thrown to indicate that nothing was done of a job, and that the pool is to run it again after a
 * delay.
 *
 * <p>{@link Worker#run} throws it for its job, and {@link BatchWorker#runAll} for all jobs of the
 * batch on which it has not reported. Given to {@link BatchWorker.Results#failed}, it concerns that
 * job alone.
 *
 * <p>Meanwhile the worker goes on with other jobs. The pool runs the job again as often as its
 * {@code maxRetries} allows; after that the job fails with the last exception.
 *
 * {@snippet :
 * if (response.statusCode() == 429) {
 *   throw new RetryLaterException(Duration.ofSeconds(2)).pausingPool();
 * }
 * }
 */
public final class RetryLaterException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The shortest time that the job waits. */
  private final Duration delay;

  /** Whether the whole pool pauses. */
  private boolean isPausingPool;

  /**
   * Constructs an exception that has the pool run the job again after a delay.
   *
   * @param delay the shortest time that the job waits, zero or more; the pool adds up to 10 % at
   *     random, so that not all jobs return at once
   * @throws IllegalArgumentException if the delay is negative
   */
  public RetryLaterException(Duration delay) {
    super(message(delay));
    this.delay = delay;
  }

  /**
   * Constructs an exception that has the pool run the job again after a delay, with the cause.
   *
   * @param delay the shortest time that the job waits, zero or more; the pool adds up to 10 % at
   *     random
   * @param cause why nothing was done
   * @throws IllegalArgumentException if the delay is negative
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
   * Returns the shortest time that the job waits.
   *
   * @return the delay, zero or more
   */
  public Duration delay() {
    return delay;
  }

  /**
   * Makes this exception pause the whole pool: the pool starts no job until the delay has passed.
   * Use it if the server refuses every request, as with status 429.
   *
   * <p>Runs under way go on, and a job that a worker is just taking may still start. The pool
   * pauses even if the job itself has no retries left. If pauses overlap, the one that ends last
   * counts.
   *
   * @return this exception
   */
  public RetryLaterException pausingPool() {
    isPausingPool = true;
    return this;
  }

  /**
   * Returns whether this exception pauses the whole pool.
   *
   * @return {@code true} after {@link #pausingPool}
   */
  public boolean isPausingPool() {
    return isPausingPool;
  }
}
