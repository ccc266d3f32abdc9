package pool.core;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who wants to be told of what workers do: a submitter that waits for a place, a closer, somebody
 * who waits until the pool is idle. Workers tell nobody what they do unless somebody has asked.
 *
 * <p>Who waits asks, then looks at the counts, then waits; a worker counts, then reads what is
 * asked, and tells. A fence between the two would cost more than all else that a worker does for a
 * job but the compare-and-sets, and it is needed only when a count and a question meet within
 * nanoseconds. So there is none: who waits looks a second time after a millisecond, when no
 * processor can still be holding back a count from before; and each worker looks, under the lock,
 * before it sleeps.
 */
final class CompletionSignals<J, R> {

  static final long RECHECK_NANOS = 1_000_000;

  private static final int SUBMITTERS = 1;
  private static final int WATCHERS = 2;
  private static final int STOPPED = 4;

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Condition allSettled;

  private volatile int asked; // changed under the lock

  // Under the lock:
  private int waitingSubmitters;
  private int watchers;
  private boolean isDrained;

  CompletionSignals(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.allSettled = lock.newCondition();
  }

  /** Whether a submitter waits for a place. Any thread, as are the next two. */
  boolean submittersWait() {
    return (asked & SUBMITTERS) != 0;
  }

  /** Whether somebody waits until all has settled. */
  boolean isWatched() {
    return (asked & WATCHERS) != 0;
  }

  /** Whether the pool was stopped. */
  boolean isStopped() {
    return asked >= STOPPED;
  }

  /** Waits until nothing waits or runs; false when time ran out. */
  boolean awaitIdle(Duration limit) {
    long deadline = System.nanoTime() + Nanos.of(limit);
    lock.lock();
    try {
      watch(1);
      long patience = RECHECK_NANOS;
      while (!core.counters.areSettled()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        allSettled.awaitNanos(Math.min(left, patience));
        patience = Long.MAX_VALUE;
      }
      return true;
    } catch (InterruptedException e) {
      throw PoolInterruptedException.flagKept("the pool to be idle", e);
    } finally {
      watch(-1);
      lock.unlock();
    }
  }

  // Under the lock:

  private void watch(int more) {
    watchers += more;
    update();
  }

  /** A submitter begins to wait for a place, or no longer waits. */
  void submitterWaits(boolean waits) {
    waitingSubmitters += waits ? 1 : -1;
    update();
  }

  private void update() {
    asked =
        (waitingSubmitters > 0 ? SUBMITTERS : 0)
            | (watchers > 0 || core.life.isClosing() ? WATCHERS : 0)
            | (core.life.isStopped() ? STOPPED : 0);
  }

  /** Whether the intake has stopped and nothing that was accepted is unsettled. */
  boolean isDrained() {
    noticeSettled();
    return isDrained;
  }

  /** Wakes everybody who waits for something that closing or stopping changes. */
  void lifeChanged() {
    update();
    noticeSettled();
    wakeAll();
  }

  /** Something has settled that workers do not count. */
  void noticeSettled() {
    if (asked >= WATCHERS && !isDrained && core.counters.areSettled()) {
      isDrained = core.life.isClosing(); // and will stay so
      allSettled.signalAll();
      if (isDrained) {
        wakeAll();
      }
    }
  }

  private void wakeAll() {
    for (WorkerThread<J, R> worker : core.workers) {
      core.idleWorkers.wake(worker.parker);
      worker.parker.endPause();
    }
    if (isDrained) {
      core.workers.forEach(
          worker -> worker.phase.interruptIf(WorkerState.OPENING)); // it would have nothing to do
    }
  }
}
