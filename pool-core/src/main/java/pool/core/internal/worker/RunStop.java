package pool.core.internal.worker;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.Worker;
import pool.core.internal.life.Base;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.TimedWait;

/**
 * Stops a worker's run from another thread, so that no interrupt reaches the next job and {@code
 * cancel} is called only while the worker itself is on the stack.
 *
 * <pre>
 *             announce (a canceller)             the end of stop (the canceller)
 *   NONE ──────────────────────────▶ STOPPING ─────────────────────────▶ STOPPED
 *    ▲                                  ▲                                  │ │
 *    │                                  └────── announce (another) ────────┘ │
 *    └─────────────────── takeWasStopped (the worker's thread) ──────────────┘
 * </pre>
 *
 * <p>A canceller announces itself only while the settled job is the current one, which the worker
 * changes under the lock. The worker, when it has lost its run, waits for an announced canceller
 * before it clears the interrupt flag and goes on. A canceller that comes later finds another job,
 * or none, and does nothing.
 *
 * <p><b>A context</b> surrounds some runs. While the thread is in the context, and not in the
 * worker, a canceller only interrupts it.
 *
 * <pre>
 *            enter (the thread)               stop (a canceller)
 *   WORKER ◀──────────────────── CONTEXT ──────────────────────────▶ SHUT_OUT
 *      └────────────────────────────▲
 *             leave (the worker)
 * </pre>
 *
 * <p>Entering and stopping are compare-and-sets of one word, so a thread that enters is either seen
 * in the worker, or finds itself stopped and does not call the worker. As it leaves, the thread
 * sets the word and then looks whether the run was stopped; a canceller says so before it looks at
 * the word. Both are volatile: if the canceller has seen the thread in the worker, the thread waits
 * until {@code cancel} has returned.
 */
public final class RunStop {

  private static final long NOT_LATE = Long.MIN_VALUE;

  private final Base base;
  private final Thread thread;
  private final String name; // the worker's
  private final BooleanSupplier isAbandoned;
  private final PoolCondition cancellerIsDone;

  /** A run's stop. */
  private enum Stop {
    NONE,
    STOPPING,
    STOPPED
  }

  /** Where the thread is in a run. */
  private enum Position {
    /** In the worker, or between two runs; always, where nothing surrounds the run. */
    WORKER,
    CONTEXT,
    /** In the context of a run that was stopped, and does not call the worker any more. */
    SHUT_OUT
  }

  // Cancellers change it under the lock; the worker's thread once no canceller is left.
  private volatile Stop stop = Stop.NONE;

  private volatile boolean wasInterrupted; // for that; set after the interrupt
  private volatile long lateSince = NOT_LATE; // until the run and its canceller have returned
  private volatile @Nullable Thread cancellingThread; // while it is in the worker's cancel
  private final AtomicReference<Position> position = new AtomicReference<>(Position.WORKER);

  RunStop(Base base, Thread thread, String name, BooleanSupplier isAbandoned) {
    this.base = base;
    this.thread = thread;
    this.name = name;
    this.isAbandoned = isAbandoned;
    this.cancellerIsDone = base.lock().condition();
  }

  // The worker's thread

  /** A run begins in a context, which {@link #endContext} ends. */
  void beginContext() {
    position.set(Position.CONTEXT);
  }

  /** The run was let go of: no canceller of it is left. */
  void endContext() {
    position.set(Position.WORKER);
  }

  /** Calls the worker from the inside of a context, unless the run was stopped before. */
  <T> @Nullable T callWorker(Callable<? extends @Nullable T> run) throws Exception {
    if (isAbandoned.getAsBoolean() || !position.compareAndSet(Position.CONTEXT, Position.WORKER)) {
      throw new CancellationException("the run was stopped before it called the worker");
    }
    try {
      return run.call();
    } finally {
      position.set(Position.CONTEXT);
      if (wasStopped()) {
        try (var _ = base.hold()) {
          awaitCanceller();
        }
      }
    }
  }

  /** Whether a run was stopped since this was last asked. No canceller is at it any more. */
  boolean takeWasStopped() {
    boolean was = wasStopped();
    stop = Stop.NONE;
    wasInterrupted = false;
    return was;
  }

  // The worker's thread, under the lock:

  /** A worker was opened. */
  void reset() {
    boolean _ = takeWasStopped();
    endContext();
  }

  /** Once the run has returned: waits for the canceller, if there is one. */
  void end() {
    awaitCanceller();
    lateSince = NOT_LATE;
  }

  private void awaitCanceller() {
    if (stop != Stop.STOPPING) {
      return; // as a rule, and without memory
    }
    if (!isLateFor(0)) { // a cancel that hangs is abandoned with its worker
      markLate();
      base.bell().ring();
    }
    Interrupts.restoreIf(
        TimedWait.untilDespiteInterrupts(
            () -> stop != Stop.STOPPING, cancellerIsDone, TimedWait.NEVER));
  }

  // Any thread; exact under the lock:

  boolean wasStopped() {
    return stop != Stop.NONE; // or is being stopped
  }

  boolean wasInterrupted() {
    return wasInterrupted;
  }

  /** The job of its run has timed out, or had been settled and runs on for too long. */
  void markLate() {
    lateSince = System.nanoTime();
  }

  /** Whether its run has lasted too long and has not come back for so long since. */
  public boolean isLateFor(long nanos) {
    long since = lateSince;
    return since != NOT_LATE && System.nanoTime() - since >= nanos;
  }

  /** The thread that is in its worker's {@code cancel}; null when there is none. */
  public @Nullable Thread cancellingThread() {
    return cancellingThread;
  }

  // A canceller's thread

  /** Under the lock, while the settled job runs; false when another canceller stops the run. */
  boolean announce() {
    if (stop == Stop.STOPPING) {
      return false;
    }
    stop = Stop.STOPPING;
    return true;
  }

  /** Unblocks the run, once announced. */
  void cancelAndInterrupt(Worker<?, ?> worker) {
    try {
      if (!position.compareAndSet(Position.CONTEXT, Position.SHUT_OUT)
          && position.get() == Position.WORKER) {
        cancellingThread = Thread.currentThread();
        worker.cancel();
      }
    } catch (Throwable e) {
      LogLine.of(Level.WARN, base.settings().name())
          .worker(name)
          .logFailure(e, "{} failed to cancel its job", name);
    } finally {
      cancellingThread = null;
      thread.interrupt();
      wasInterrupted = true;
      try (var _ = base.hold()) {
        stop = Stop.STOPPED;
        cancellerIsDone.signalAll();
      }
    }
  }
}
