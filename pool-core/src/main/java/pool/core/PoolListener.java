package pool.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Receives the events of a pool, its workers and its jobs.
 *
 * <p>The pool calls all methods on one platform thread, which has the pool's name followed by
 * {@code -listener}, one at a time and a little later than the event. Events of one worker arrive
 * in order. A listener that is slow or blocks therefore holds up no job and no worker. Up to
 * {@value #MOST_WAITING} events wait for it; the pool discards any others, and counts them with
 * {@link #eventsLost}.
 *
 * <p>A listener that throws receives the next event all the same. The pool logs the first exception
 * with its stack trace, and the number of exceptions at the end. When the pool is closed, it waits
 * for the listener for at most a second. After that, a listener receives no events of abandoned
 * workers.
 *
 * <p>A listener that refers to its pool prevents the pool from being noticed when it is forgotten.
 * A pool with a listener reads the clock four times for each job, and allocates 160 bytes of
 * objects.
 */
public interface PoolListener {

  /** How many events may wait for a listener. */
  int MOST_WAITING = 65_536;

  /**
   * Returns several listeners as one. Each receives every event, in this order, even if one before
   * it throws.
   *
   * @param listeners the listeners, which are copied
   * @return a listener for {@link WorkerPool.Builder#listener}
   */
  static PoolListener of(PoolListener... listeners) {
    return new Listeners(List.of(listeners));
  }

  /**
   * Called when the pool has become open, degraded (fewer workers are open than there are slots),
   * closing or closed. The pool never discards the change to {@code CLOSED}, and calls no method
   * after it.
   *
   * @param state the new state
   * @param at when the state changed
   */
  default void stateChanged(PoolState state, Instant at) {}

  /**
   * Called when a worker has opened.
   *
   * @param worker the name of the worker
   * @param began when {@code open} was called
   * @param took how long it took
   */
  default void workerOpened(String worker, Instant began, Duration took) {}

  /**
   * Called when a worker could not be opened. The pool tries again, unless this fails the opening
   * of the pool itself.
   *
   * @param worker the name of the worker
   * @param at when {@code open} threw
   * @param cause what it threw
   */
  default void workerNotOpened(String worker, Instant at, Throwable cause) {}

  /**
   * Called when a worker is broken. The pool closes it next, and replaces it.
   *
   * @param worker the name of the worker
   * @param at when the pool noticed
   * @param cause what its run or its ping threw
   */
  default void workerBroke(String worker, Instant at, Throwable cause) {}

  /**
   * Called when the pool abandons a worker that does not come back.
   *
   * @param abandoned the worker, its job and its stack trace
   * @param at when the pool abandoned it
   */
  default void workerAbandoned(CloseReport.Abandoned abandoned, Instant at) {}

  /**
   * Called when the pool is about to open a worker in place of one that it has closed or abandoned.
   *
   * @param worker the name of the worker, which is that of its predecessor
   * @param at when this happened
   * @param why why the predecessor is replaced
   */
  default void workerReplaced(String worker, Instant at, ReplaceReason why) {}

  /**
   * Called when a healthy worker has finished.
   *
   * @param worker the name of the worker
   * @param began when {@code finish} was called
   * @param took how long it took
   */
  default void workerFinished(String worker, Instant began, Duration took) {}

  /**
   * Called when a worker has closed.
   *
   * @param worker the name of the worker
   * @param began when {@code close} was called
   * @param took how long it took, including what the worker's context owned
   */
  default void workerClosed(String worker, Instant began, Duration took) {}

  /**
   * Called when a worker has run a job or a batch.
   *
   * @param run the run
   */
  default void jobRan(JobRun run) {}

  /**
   * Called when a run has ended with a retry: the pool runs the job again after a delay. Called
   * before {@link #jobRan} for the run itself, whose failure is the cause.
   *
   * @param worker the name of the worker
   * @param job the job
   * @param at when the run ended
   * @param delay how long the job waits from then on, including what was added at random
   * @param cause what the run threw, or what a batch worker gave to {@code Results.failed}
   */
  default void jobPutOff(String worker, Object job, Instant at, Duration delay, Throwable cause) {}

  /**
   * Called when a submitter has found the queue full, and waits or is refused.
   *
   * @param at when this happened
   */
  default void queueFull(Instant at) {}

  /**
   * Called when events came faster than the listener took them, and the pool has discarded some.
   *
   * @param events how many were discarded since the last call, at least 1
   */
  default void eventsLost(long events) {}
}
