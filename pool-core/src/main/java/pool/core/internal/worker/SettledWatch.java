package pool.core.internal.worker;

import java.time.Duration;
import pool.core.internal.life.Base;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.TimedWait;

/**
 * Notices that all that was accepted has settled: for whoever waits until the pool is idle, and for
 * a pool that drains.
 *
 * <p>Workers tell nobody what they do unless somebody watches. Who watches says so, then looks at
 * the counts, then waits; a worker counts, then reads whether somebody watches. As in {@link
 * pool.core.internal.queue.JobQueue} there is no fence between those two, which would cost more
 * than the rest of what a worker does for a job. A watcher whose question meets a count within
 * nanoseconds may be missed: but the worker looks again, under the lock, before it sleeps. What is
 * chained to the job's future may keep it until then; so the watcher looks a second time after a
 * millisecond.
 */
public final class SettledWatch<J, R> {

  private final Base base;
  private final PoolCondition allSettled;
  private final Lifecycle life;
  private final PoolCounters<J, R> counters;
  private final Slots<J, R> slots;
  private final IdleWorkers idleWorkers;

  private volatile int watchers; // changed under the lock

  public SettledWatch(
      Base base, PoolCounters<J, R> counters, Slots<J, R> slots, IdleWorkers idleWorkers) {
    this.base = base;
    this.allSettled = base.lock().condition();
    this.life = base.life();
    this.counters = counters;
    this.slots = slots;
    this.idleWorkers = idleWorkers;
  }

  /** Whether somebody wants to know. Any thread. */
  public boolean isWatched() {
    return watchers > 0 || life.isClosing();
  }

  /** Waits until nothing waits or runs; false when it is too late. */
  public boolean awaitIdle(Duration limit) {
    long deadline = TimedWait.deadline(limit);
    long lookAgain = TimedWait.secondLook(deadline);
    try (var _ = base.hold()) {
      watch(1);
      try {
        return TimedWait.until(counters::areSettled, allSettled, lookAgain)
            || TimedWait.until(counters::areSettled, allSettled, deadline);
      } finally {
        watch(-1);
      }
    } catch (InterruptedException e) {
      throw Interrupts.flagKept("the pool to be idle", e);
    }
  }

  // Under the lock:

  @SuppressWarnings("NonAtomicVolatileUpdate") // changed under the lock
  private void watch(int more) {
    watchers += more;
  }

  /** Something has settled. */
  public void notice() {
    if (isWatched() && !life.isDrained() && counters.areSettled()) {
      allSettled.signalAll();
      life.drained();
      if (life.isDrained()) {
        wakeWorkers();
      }
    }
  }

  /** Whether the pool drains, and is drained; if that is new, the others are told. */
  public boolean noticesDrained() {
    notice();
    return life.isDrained();
  }

  /** The pool begins to close, or is stopped: everybody who waits is to look again. */
  public void lifeChanged() {
    notice();
    wakeWorkers();
  }

  /** Whoever was to notice may have had no memory for it. */
  public void lookAgain() {
    notice();
    if (life.isDrained()) {
      wakeWorkers();
    }
  }

  private void wakeWorkers() {
    for (int i = 0; i < slots.size(); i++) { // which throws nothing
      WorkerThread<J, R> thread = slots.get(i).thread();
      idleWorkers.wake(thread.parker());
      thread.parker().endPause();
      if (life.isDrained()) { // it would have nothing to do
        thread.phase().interruptIf(WorkerPhase.Phase.OPENING);
      }
    }
  }
}
