package pool.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one worker counts and publishes. Only the worker writes, so it never contends; each tally
 * has cache lines of its own, so no reader slows another worker down. Why a {@link VarHandle}: see
 * {@link BulkRanges}.
 *
 * <p>A job is counted as started after it has started, and as ended before its future is done.
 */
final class WorkerCounters {

  private static final int JOBS_STARTED = 16; // the first 128 bytes are left free, and the last
  private static final int PLACES_STARTED = 17;
  private static final int SUCCEEDED = 18;
  private static final int FAILED = 19;
  private static final int DROPPED = 20;
  private static final int RETURNED = 21;
  private static final int SINCE = 22;
  private static final int RETRIED = 23;
  private static final int JOBS_RETRIED = 24; // among them
  private static final int LENGTH = 41;

  private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values = new long[LENGTH];

  // The worker:

  void jobStarted() {
    add(JOBS_STARTED, 1);
  }

  void placeStarted() {
    add(PLACES_STARTED, 1);
  }

  /** A place has succeeded, and its result is kept; perhaps the next was started. */
  void placeSucceeded(boolean startedNext) {
    if (startedNext) {
      add(PLACES_STARTED, 1);
    }
    add(SUCCEEDED, 1);
  }

  void jobEnded(boolean hasFailed) {
    add(hasFailed ? FAILED : SUCCEEDED, 1);
  }

  /** A run has returned after somebody else had settled its job. */
  void dropped() {
    add(DROPPED, 1);
  }

  /** A run has returned; what became of its job is counted later. */
  void runReturned() {
    add(RETURNED, 1);
  }

  /** How many runs have returned, also those that were cancelled before they began. */
  long returned() {
    return get(RETURNED);
  }

  private void add(int which, int more) {
    VALUE.setRelease(values, which, values[which] + more);
  }

  /** A run broke the worker, and its job, of the queue, waits to be run again. */
  void jobRetried() {
    add(JOBS_RETRIED, 1);
    add(RETRIED, 1);
  }

  /** The same for a place of a bulk call. */
  void placeRetried() {
    add(RETRIED, 1);
  }

  void sampledClock(long nanos) {
    VALUE.setOpaque(values, SINCE, nanos);
  }

  // Any thread:

  private long get(int which) {
    return (long) VALUE.getVolatile(values, which);
  }

  /**
   * What has ended, and whether the worker was busy with another then, or began one right after.
   */
  record Snapshot(long succeeded, long failed, long dropped, boolean isBusy) {}

  Snapshot snapshot() {
    long succeeded = succeeded();
    long failed = failed();
    long dropped = get(DROPPED);
    long ended = succeeded + failed + dropped + get(RETRIED);
    return new Snapshot(succeeded, failed, dropped, started() > ended);
  }

  /** How many jobs of the queue were started and do not wait again. */
  long jobsStarted() {
    return get(JOBS_STARTED) - get(JOBS_RETRIED);
  }

  /** How many jobs and places were started: while one runs, its number. */
  long started() {
    return get(JOBS_STARTED) + get(PLACES_STARTED);
  }

  /** Whether that run has not returned. */
  boolean isOnStack(long number) {
    return started() == number && get(RETURNED) < number;
  }

  /** How many jobs and places have succeeded. */
  long succeeded() {
    return get(SUCCEEDED);
  }

  /** How many jobs and places have failed. */
  long failed() {
    return get(FAILED);
  }

  /** How many runs have returned, those included whose job somebody else had settled. */
  long runs() {
    return succeeded() + failed() + get(DROPPED) + get(RETRIED);
  }

  /** When the worker last looked at the clock: before it started what it runs. */
  long since() {
    return (long) VALUE.getOpaque(values, SINCE);
  }
}
