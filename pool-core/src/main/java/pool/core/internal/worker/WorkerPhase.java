package pool.core.internal.worker;

import org.jspecify.annotations.Nullable;
import pool.core.WorkerState;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.util.Interrupts;

/**
 * What a worker's thread is at, and since when.
 *
 * <pre>
 *   OPENING ◀──▶ PAUSING          it could not be opened, and waits for the next try
 *      ▼
 *   SERVING ◀──▶ PINGING          between its jobs, in one, or in what is chained to one
 *      ├───────▶ FINISHING        drained, or it has done as much as it may
 *      ▼             ▼
 *   CLOSING ◀────────┘
 *      ├───────▶ OPENING          the next worker of the slot
 *      ▼
 *   CLOSED
 *
 *   ABANDONED                     from everywhere, for ever
 * </pre>
 *
 * <p>An opened worker whose slot's workers come from elsewhere by then finishes and closes without
 * having served; one that does not answer its first ping closes, and the thread may pause then. A
 * thread that is to open no other goes from OPENING or PAUSING to CLOSED.
 *
 * <p>The last resort of a thread, when the pool's own code throws, closes a worker from everywhere.
 *
 * <p>Changed under the pool's lock; any thread may read.
 */
public final class WorkerPhase {

  /** See there. */
  public enum Phase {
    OPENING(WorkerState.OPENING),
    PAUSING(WorkerState.OPENING),
    SERVING(WorkerState.IDLE),
    PINGING(WorkerState.PINGING),
    FINISHING(WorkerState.FINISHING),
    CLOSING(WorkerState.CLOSING),
    CLOSED(WorkerState.CLOSED),
    ABANDONED(WorkerState.ABANDONED);

    private final WorkerState shown;

    Phase(WorkerState shown) {
      this.shown = shown;
    }
  }

  private final Base base;
  private final Thread thread;

  private volatile Phase phase = Phase.OPENING;
  private volatile long since = System.nanoTime();
  private boolean overdue; // it was interrupted, since it opens or answers a ping for too long

  WorkerPhase(Base base, Thread thread) {
    this.base = base;
    this.thread = thread;
  }

  // Any thread:

  public boolean is(Phase that) {
    return phase == that;
  }

  /** When it last changed. */
  public long since() {
    return since;
  }

  /** What is said of it, as it serves that work. */
  public WorkerState shown(@Nullable Work<?, ?> work, int slot) {
    Phase now = phase;
    if (now != Phase.SERVING || work == null) {
      return now.shown;
    }
    return work.isRunning(slot) || work.isRunningSettled(slot)
        ? WorkerState.RUNNING
        : WorkerState.CALLBACK;
  }

  /** Whether the pool counts on the thread no longer. */
  public boolean isOver() {
    return phase.compareTo(Phase.CLOSED) >= 0;
  }

  /** Whether it opens a worker, or pings one, for so long. */
  public boolean hangsFor(long nanos) {
    Phase now = phase;
    return (now == Phase.PINGING || now == Phase.OPENING) && System.nanoTime() - since >= nanos;
  }

  /** For how many nanoseconds its worker has finished or closed, 0 if it does not. */
  public long terminatingFor() {
    Phase now = phase;
    return now == Phase.FINISHING || now == Phase.CLOSING
        ? Math.max(1, System.nanoTime() - since)
        : 0;
  }

  /** Begins what may be timed; a closer times what ends. */
  public void becomes(Phase next) {
    try (var _ = base.hold()) {
      if (phase == Phase.ABANDONED) {
        return;
      }
      phase = next;
      since = System.nanoTime();
      overdue = false;
      switch (next) {
        case OPENING, PINGING -> base.bell().ring();
        case FINISHING, CLOSING -> {
          if (!base.life().isClosing()) {
            base.bell().ring();
          }
        }
        default -> {}
      }
    }
  }

  /** Begins, unless the pool was stopped or does not count on the thread; whether it has. */
  boolean begins(Phase next) {
    try (var _ = base.hold()) {
      boolean isForNothing = next == Phase.OPENING && base.life().isDrained();
      if (base.life().isStopped() || phase == Phase.ABANDONED || isForNothing) {
        return false;
      }
      Interrupts.clear(); // what begins now may be interrupted, so no flag may be left
      becomes(next);
      return true;
    }
  }

  /** Back from a ping; whether that was answered in time. */
  boolean endsPing() {
    try (var _ = base.hold()) {
      boolean inTime = phase == Phase.PINGING && !overdue;
      becomes(Phase.SERVING);
      return inTime;
    }
  }

  // Under the lock:

  public void interruptIf(Phase that) {
    if (phase == that) {
      thread.interrupt();
    }
  }

  /** Interrupts what hangs; whether that has not helped for so long. */
  public boolean hangsDespiteInterrupt(long nanos, long grace) {
    if (!hangsFor(nanos)) {
      return false;
    }
    if (!overdue) {
      overdue = true;
      thread.interrupt();
    }
    return hangsFor(nanos + grace);
  }
}
