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
  private boolean isTold; // or is not to be told
  private boolean isHurried; // it is not wanted any more, and has killAfter to end

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

  Duration killAfter() {
    return killAfter;
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
    isHurried = false;
  }

  /** A request begins that is not stopped, but must be done in time. */
  void begin(Duration limit) {
    killAt = System.nanoTime() + limit.toNanos();
    isTold = true;
    isHurried = false;
  }

  /** Whether the child is to be told now; once for each request. */
  boolean tells(boolean interrupted) {
    if (!(interrupted || cancelled)) {
      return false;
    }
    boolean tells = !isTold;
    if (tells || !isHurried) {
      isHurried = true;
      isTold = true;
      startKilling();
    }
    return tells;
  }

  /** Also while the child cannot be told, since it reads nothing. */
  boolean isDue() {
    if (killAt == NEVER && (cancelled || Thread.currentThread().isInterrupted())) {
      startKilling();
    }
    return killAt != NEVER && System.nanoTime() - killAt >= 0;
  }

  /** What has a limit already may have less time from now on, never more. */
  private void startKilling() {
    long at = System.nanoTime() + killAfter.toNanos();
    killAt = killAt == NEVER || at - killAt < 0 ? at : killAt;
  }

  /** In nanoseconds, at least 1; {@link Long#MAX_VALUE} when nothing is to stop. */
  long left() {
    return killAt == NEVER ? NEVER : Math.max(1, killAt - System.nanoTime());
  }
}
