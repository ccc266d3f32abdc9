package pool.core;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a worker's thread is at, and since when. Changed under the pool's lock; any thread may read.
 */
final class WorkerPhase {

  private final Thread thread;
  private final ReentrantLock lock;
  private final Supervisor<?, ?> supervisor;

  private volatile WorkerState state = WorkerState.OPENING; // IDLE stands for all of serving
  private volatile long since = System.nanoTime();
  private boolean overdue; // it was interrupted, since it opens or answers a ping for too long

  WorkerPhase(Thread thread, PoolCore<?, ?> core) {
    this.thread = thread;
    this.lock = core.lock;
    this.supervisor = core.supervisor;
  }

  WorkerState state() {
    return state;
  }

  /** When it last changed. */
  long since() {
    return since;
  }

  Duration lastsFor() {
    return Duration.ofNanos(System.nanoTime() - since);
  }

  boolean is(WorkerState that) {
    return state == that;
  }

  /** Whether the pool counts on the thread no longer. */
  boolean isOver() {
    WorkerState now = state;
    return now == WorkerState.CLOSED || now == WorkerState.ABANDONED;
  }

  /** Whether it opens a worker again, or pings one, for longer than that. */
  boolean hangsFor(long nanos) {
    WorkerState now = state;
    return (now == WorkerState.PINGING || now == WorkerState.OPENING)
        && System.nanoTime() - since >= nanos;
  }

  /** For how many nanoseconds its worker has finished or closed, 0 if it does not. */
  long terminatingFor() {
    WorkerState now = state;
    return now == WorkerState.FINISHING || now == WorkerState.CLOSING
        ? Math.max(1, System.nanoTime() - since)
        : 0;
  }

  /** Anything but ABANDONED, which is for ever, becomes that. */
  void becomes(WorkerState next) {
    lock.lock();
    try {
      if (state != WorkerState.ABANDONED) {
        state = next;
        since = System.nanoTime();
        overdue = false;
        if (next == WorkerState.FINISHING || next == WorkerState.CLOSING) {
          supervisor.workerLeaves();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Back from a ping; whether that was answered in time. */
  boolean endsPing() {
    lock.lock();
    try {
      boolean inTime = state == WorkerState.PINGING && !overdue;
      becomes(WorkerState.IDLE);
      return inTime;
    } finally {
      lock.unlock();
    }
  }

  // Under the lock:

  /** By the thread itself: what begins now may be interrupted, so no flag may be left. */
  void starts(WorkerState next) {
    WorkerThread.clearInterrupt();
    becomes(next);
    if (next != WorkerState.FINISHING) {
      supervisor.watch();
    }
  }

  void interruptIf(WorkerState that) {
    if (state == that) {
      thread.interrupt();
    }
  }

  /** Interrupts what hangs; false when it was before, and that time ran out. */
  boolean interruptIfHanging(long nanos, long grace) {
    if (!hangsFor(nanos)) {
      return true;
    }
    if (!overdue) {
      overdue = true;
      thread.interrupt();
    }
    return !hangsFor(nanos + grace);
  }
}
