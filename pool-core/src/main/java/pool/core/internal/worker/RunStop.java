package pool.core.internal.worker;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.Worker;
import pool.core.internal.life.Base;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolCondition;

/**
 * Stops a worker's run from another thread, so that no interrupt reaches the next job and {@code
 * cancel} is called only while the worker itself is on the stack.
 *
 * <pre>
 *             announce (a canceller, under the lock)       end of stop
 *   NONE ─────────────────────────────────────▶ STOPPING ────────────▶ STOPPED
 *    ▲                                                                   │
 *    └───────────────────── takeWasStopped (the worker) ─────────────────┘
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
 *            enter (the worker)               stop (a canceller)
 *   WORKER ◀──────────────────── CONTEXT ──────────────────────────▶ STOPPED
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
final class RunStop {

  private static final long NOT_LATE = Long.MIN_VALUE;

  private final Base base;
  private final Thread thread;
  private final String name; // the worker's
  private final BooleanSupplier isAbandoned;
  private final PoolCondition cancellerIsDone;

  // Changed under the lock, by cancellers to true and by the worker's thread to false:

  private volatile boolean isStopping;
  private volatile boolean wasStopped; // or is being

  private volatile boolean wasInterrupted; // for that; set after the interrupt
  private volatile long lateSince = NOT_LATE; // until the run and its canceller have returned
  private volatile @Nullable Thread cancellingThread; // while it is in the worker's cancel
  private final AtomicReference<Place> place = new AtomicReference<>(Place.WORKER);

  /** Where the thread is in a run. */
  private enum Place {
    /** In the worker, or between two runs; always, where nothing surrounds the run. */
    WORKER,
    CONTEXT,
    /** In the context of a run that was stopped, and does not call the worker any more. */
    STOPPED
  }

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
    place.set(Place.CONTEXT);
  }

  /** The run was let go of: no canceller of it is left. */
  void endContext() {
    place.set(Place.WORKER);
  }

  /** Calls the worker from the inside of a context, unless the run was stopped before. */
  <T> @Nullable T callWorker(Callable<? extends @Nullable T> run) throws Exception {
    if (isAbandoned.getAsBoolean() || !place.compareAndSet(Place.CONTEXT, Place.WORKER)) {
      throw new CancellationException("the run was stopped before it called the worker");
    }
    try {
      return run.call();
    } finally {
      place.set(Place.CONTEXT);
      if (wasStopped) {
        try (var _ = base.hold()) {
          awaitCanceller();
        }
      }
    }
  }

  /** Whether a run was stopped since this was last asked. No canceller is at it any more. */
  boolean takeWasStopped() {
    boolean was = wasStopped;
    wasStopped = false;
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
    if (isStopping && !isLateFor(0)) { // a cancel that hangs is abandoned with its worker
      markLate();
      base.bell().ring();
    }
    while (isStopping) {
      cancellerIsDone.awaitUninterruptibly();
    }
  }

  // Any thread; exact under the lock:

  boolean wasStopped() {
    return wasStopped;
  }

  boolean wasInterrupted() {
    return wasInterrupted;
  }

  /** The job of its run has timed out, or had been settled and runs on for too long. */
  void markLate() {
    lateSince = System.nanoTime();
  }

  /** Whether its run has lasted too long and has not come back for so long since. */
  boolean isLateFor(long nanos) {
    long since = lateSince;
    return since != NOT_LATE && System.nanoTime() - since >= nanos;
  }

  /** The thread that is in its worker's {@code cancel}; null when there is none. */
  @Nullable Thread cancellingThread() {
    return cancellingThread;
  }

  // A canceller's thread

  /** Under the lock, while the settled job runs; false when another canceller stops the run. */
  boolean announce() {
    if (isStopping) {
      return false;
    }
    isStopping = true;
    wasStopped = true;
    return true;
  }

  /** Unblocks the run, once announced. */
  void stop(Worker<?, ?> worker) {
    try {
      if (!place.compareAndSet(Place.CONTEXT, Place.STOPPED) && place.get() == Place.WORKER) {
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
        isStopping = false;
        cancellerIsDone.signalAll();
      }
    }
  }
}
