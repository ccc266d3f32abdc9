package pool.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Is told what happens to a pool, its workers and its jobs.
 *
 * <p>All methods are called on one platform thread of the pool, named after it with {@code
 * -listener}, one at a time, a little later than what they tell of: what happened to one worker is
 * told in its order. So a listener that is slow or blocks holds up no job and no worker. Up to
 * {@value #MOST_WAITING} events wait for it; what does not fit is left out and counted by {@link
 * #eventsLost}. One that throws is told of what comes next; the first exception is logged with its
 * stack, and their number at the end. When the pool is closed the listener is waited for, for a
 * second at most. What abandoned workers do after that is not told.
 *
 * <p>A listener that refers to its pool keeps that from being noticed when it is forgotten. A pool
 * with a listener reads the clock four times for each job, and makes some objects, of 160 bytes
 * together.
 */
public interface PoolListener {

  /** How many events may wait. */
  int MOST_WAITING = 65_536;

  /**
   * Several listeners as one. Each is told of everything, in this order, also when one before it
   * throws.
   *
   * @param listeners whom to tell; copied
   * @return a listener for the builder
   */
  static PoolListener of(PoolListener... listeners) {
    return new Listeners(List.of(listeners));
  }

  /**
   * The pool has become open, degraded (fewer workers than slots), closing or closed. The last is
   * never left out, and nothing is told after it.
   *
   * @param state what it is now
   * @param at since when
   */
  default void stateChanged(PoolState state, Instant at) {}

  /**
   * A worker is open.
   *
   * @param worker its name
   * @param began when {@code open} was called
   * @param took how long it took
   */
  default void workerOpened(String worker, Instant began, Duration took) {}

  /**
   * A worker cannot be opened, which is tried again unless the pool is just opening.
   *
   * @param worker its name
   * @param at when {@code open} threw
   * @param cause what it threw
   */
  default void workerNotOpened(String worker, Instant at, Throwable cause) {}

  /**
   * A worker is broken; it is closed next, and replaced.
   *
   * @param worker its name
   * @param at when that was noticed
   * @param cause what its run or its ping threw
   */
  default void workerBroke(String worker, Instant at, Throwable cause) {}

  /**
   * A worker does not come back and is given up.
   *
   * @param abandoned which, its job and its stack
   * @param at when it was given up
   */
  default void workerAbandoned(CloseReport.Abandoned abandoned, Instant at) {}

  /**
   * A worker is opened next in the place of one that is closed or given up.
   *
   * @param worker the name of both
   * @param at when
   * @param why what was with the one before
   */
  default void workerReplaced(String worker, Instant at, ReplaceReason why) {}

  /**
   * A healthy worker has finished.
   *
   * @param worker its name
   * @param began when {@code finish} was called
   * @param took how long it took
   */
  default void workerFinished(String worker, Instant began, Duration took) {}

  /**
   * A worker is closed.
   *
   * @param worker its name
   * @param began when {@code close} was called
   * @param took how long it took, with what the worker's context owned
   */
  default void workerClosed(String worker, Instant began, Duration took) {}

  /**
   * A worker has run a job.
   *
   * @param run how that was
   */
  default void jobRan(JobRun run) {}

  /**
   * A run ended with a retry: its job runs again after a delay. Told before {@link #jobRan} tells
   * of the run itself, whose failure is the cause.
   *
   * @param worker the name of its worker
   * @param job the job
   * @param at when
   * @param delay how long it waits from then on, with what was added at random
   * @param cause what the run threw, or what a batch worker gave to {@code Results.failed}
   */
  default void jobPutOff(String worker, Object job, Instant at, Duration delay, Throwable cause) {}

  /**
   * A submitter has found the queue full, and waits or is refused.
   *
   * @param at when
   */
  default void queueFull(Instant at) {}

  /**
   * So many events came too fast, since this was last called.
   *
   * @param events how many, at least 1
   */
  default void eventsLost(long events) {}
}
