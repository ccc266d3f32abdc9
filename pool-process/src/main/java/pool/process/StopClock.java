package pool.process;

import java.time.Duration;

/**
 * Whether what a process does is to stop, and when the process is killed if it does not.
 *
 * <pre>
 *   wanted --cancel() or an interrupt--> not wanted --the child is told--> stopping
 *   stopping --killAfter passes--> due to be killed
 * </pre>
 *
 * <p>Another thread calls {@link #cancel}, which counts only while a run is on the stack: the lock
 * decides between it and the end of that run. All else is the worker's thread's.
 */
final class StopClock {

  private static final long NEVER = Long.MAX_VALUE;

  private final Duration killAfter;

  private boolean runs; // under the lock
  private volatile boolean cancelled; // the run that is on the stack; written under the lock

  private long killAt = NEVER; // or a time of System.nanoTime
  private Duration limit = Duration.ZERO; // after which that is
  private boolean isTold; // or is not to be told

  StopClock(Duration killAfter) {
    this.killAfter = killAfter;
  }

  synchronized void runBegins() {
    runs = true;
    cancelled = false;
  }

  synchronized void runEnds() {
    runs = false;
    cancelled = false;
  }

  /** How long what is due had to end. */
  Duration limit() {
    return limit;
  }

  /** Any thread. */
  synchronized void cancel() {
    cancelled |= runs;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** A request begins, which may take any time until it is not wanted. */
  void begin() {
    killAt = NEVER;
    isTold = false;
  }

  /** A request begins that is not stopped, but must be done in time. */
  void begin(Duration time) {
    limit = time;
    killAt = System.nanoTime() + time.toNanos();
    isTold = true;
  }

  /** Whether the child is to be told now; once for each request. */
  boolean tells(boolean interrupted) {
    if (isTold || !(interrupted || cancelled)) {
      return false;
    }
    isTold = true;
    startKilling();
    return true;
  }

  /** Also while the child cannot be told, since it reads nothing. */
  boolean isDue() {
    if (cancelled || Thread.currentThread().isInterrupted()) {
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

  /** In nanoseconds, at least 1; {@link Long#MAX_VALUE} when nothing is to stop. */
  long left() {
    return killAt == NEVER ? NEVER : Math.max(1, killAt - System.nanoTime());
  }
}
