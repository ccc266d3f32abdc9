package pool.process;

import java.time.Duration;

/**
 * Whether to stop what a process does, and when to kill the process if it does not stop.
 *
 * <pre>
 *   wanted --cancel() or an interrupt--> not wanted --the child is told--> stopping
 *   stopping --killAfter passes--> due to be killed
 * </pre>
 *
 * <p>Another thread calls {@link #cancel}, which counts only while a run is on the stack: the lock
 * decides between the cancel and the end of that run. Only the worker's thread uses everything
 * else.
 */
final class StopClock {

  private static final long NEVER = Long.MAX_VALUE;

  private final Duration killAfter;
  private final Duration toEnd;

  private boolean runs; // guarded by the lock
  private volatile boolean cancelled; // the run on the stack; written under the lock

  private long killAt = NEVER; // or a time of System.nanoTime
  private Duration limit = Duration.ZERO; // how long from the stop to killAt
  private boolean isTold; // the child knows, or need not know
  private boolean isTimed; // whatever happens, it has to end in time
  private long endBy = NEVER; // a time by which a process whose run was cancelled is to be gone

  /**
   * Stops runs.
   *
   * @param killAfter how long a run may take to stop
   * @param toEnd how long a process may take to finish, close and exit when the run that waits for
   *     that was cancelled: then the pool may be about to abandon the worker
   */
  StopClock(Duration killAfter, Duration toEnd) {
    this.killAfter = killAfter;
    this.toEnd = toEnd;
  }

  synchronized void runBegins() {
    runs = true;
    cancelled = false;
  }

  synchronized void runEnds() {
    runs = false;
    cancelled = false;
    endBy = NEVER;
  }

  /** How much time the process had to end, now that it is due. */
  Duration limit() {
    return limit;
  }

  /** Cancels the current run, if there is one. Any thread may call it. */
  synchronized void cancel() {
    cancelled |= runs;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Begins a request that may take any time until it is stopped. */
  void begin() {
    killAt = NEVER;
    isTold = false;
    isTimed = false;
  }

  /** Begins a request that must be done in time, and that a cancelled run only hastens. */
  void begin(Duration time) {
    limit = time;
    killAt = System.nanoTime() + time.toNanos();
    isTold = true;
    isTimed = true;
  }

  /** Returns whether to tell the child now to stop; true once for each request. */
  boolean tells(boolean interrupted) {
    if (isTold || !(interrupted || cancelled)) {
      return false;
    }
    isTold = true;
    startKilling();
    return true;
  }

  /**
   * Returns whether to kill the process. Works even if the child reads nothing and cannot be told.
   */
  boolean isDue() {
    if (isTimed && cancelled) {
      hasten();
    } else if (!isTimed && (cancelled || Thread.currentThread().isInterrupted())) {
      startKilling();
    }
    return killAt != NEVER && System.nanoTime() - killAt >= 0;
  }

  private void startKilling() {
    if (killAt == NEVER) {
      limit = killAfter;
      killAt = System.nanoTime() + killAfter.toNanos();
    }
  }

  private void hasten() {
    endBy = endBy == NEVER ? System.nanoTime() + toEnd.toNanos() : endBy;
    if (endBy - killAt < 0) {
      limit = toEnd;
      killAt = endBy;
    }
  }

  /** How long a process that was asked to exit may take: so long, unless its run was cancelled. */
  Duration toExit(Duration time) {
    return endBy == NEVER
        ? time
        : Duration.ofNanos(Math.clamp(endBy - System.nanoTime(), 0, time.toNanos()));
  }

  /**
   * The time until the kill in nanoseconds, at least 1; {@link Long#MAX_VALUE} when nothing stops.
   */
  long left() {
    return killAt == NEVER ? NEVER : Math.max(1, killAt - System.nanoTime());
  }
}
