package pool.core.internal.close;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.core.CloseReport;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Unpublished;
import pool.core.internal.life.Base;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.supervise.SlotFiller;
import pool.core.internal.supervise.WorkerAbandonment;
import pool.core.internal.util.HelperThreads;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.Nanos;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.JobSettler;
import pool.core.internal.worker.PoolCounters;
import pool.core.internal.worker.SettledWatch;
import pool.core.internal.worker.Slot;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerThread;

/**
 * Ends a pool in stages: stop the intake and drain; past the deadline let nothing more start, and
 * stop what runs; past a grace time abandon who did not come back.
 *
 * <p>There is no closing thread, except for a pool that was forgotten, the exit hook, and an
 * executor's {@code shutdownNow}. Every closer waits and watches its own deadline, and whoever
 * notices first that a stage is over begins the next, so the earliest deadline wins. The last
 * worker to end, or the closer that abandons the rest, writes the report, which all closers return.
 * {@link Lifecycle} has the stages.
 */
public final class Closing<J, R> {

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(1);
  private static final long LOOK_NANOS = 1_000_000;
  private static final long SELDOM_NANOS = 1_000_000_000;
  private static final long LONGEST_SHORTAGE_NANOS = 10_000_000_000L;

  private final Base base;
  private final PoolCondition changed;
  private final Slots<J, R> slots;
  private final JobQueue<J, R> queue;
  private final DelayedJobs<J, R> delayed;
  private final PoolCounters<J, R> counters;
  private final SettledWatch<J, R> watch;
  private final JobSettler<J, R> settler;
  private final SlotFiller<J, R> slotFiller;
  private final WorkerAbandonment<J, R> abandonment;
  private final Unpublished unpublished;
  private final Runnable release; // of what outlives the workers
  private final AwaitableEnd end;

  // Under the lock:
  private long began;
  private long graceEnds; // written by the first stop; read also after a stop has returned
  private long latestEnd = TimedWait.NEVER; // of stopped workers, at the exit of the JVM
  private boolean areWorkersTold; // that the pool is stopped
  private @Nullable CloseReport report;

  /** Until then those that need only close are waited for, and callbacks; past in a clean close. */
  private volatile long patienceEnds = System.nanoTime();

  /** Waits until what outlives the workers has ended, and not for ever. */
  public interface AwaitableEnd {
    /** What is chained to futures is waited for until then. */
    void await(long deadline) throws InterruptedException;
  }

  public Closing(
      Base base,
      Slots<J, R> slots,
      JobQueue<J, R> queue,
      DelayedJobs<J, R> delayed,
      PoolCounters<J, R> counters,
      SettledWatch<J, R> watch,
      JobSettler<J, R> settler,
      SlotFiller<J, R> slotFiller,
      WorkerAbandonment<J, R> abandonment,
      Unpublished unpublished,
      Runnable release,
      AwaitableEnd end) {
    this.base = base;
    this.changed = base.lock().condition();
    this.slots = slots;
    this.queue = queue;
    this.delayed = delayed;
    this.counters = counters;
    this.watch = watch;
    this.settler = settler;
    this.slotFiller = slotFiller;
    this.abandonment = abandonment;
    this.unpublished = unpublished;
    this.release = release;
    this.end = end;
  }

  /** Stops the intake; what was accepted goes on. Any thread, also a worker. */
  public void begin() {
    try (var _ = base.hold()) {
      if (base.life().beginClosing()) {
        began = System.nanoTime();
        queue.takeSlowPath();
        slotFiller.lookAgain();
      }
      for (int i = 0; i < slots.size(); i++) { // again, if that has thrown before
        slots.get(i).queue().freeAllKeys();
      }
      watch.lifeChanged();
    }
  }

  /** The same, for whoever does not wait: ends the pool if no slot has a thread that would. */
  public void beginShutdown() {
    begin();
    stopIfAlone();
  }

  /** Closes with the deadline that the builder was told, or without. */
  public CloseReport close() {
    return shutdown(closeTimeout());
  }

  /** How long a close may take that says nothing else. */
  public Duration closeTimeout() {
    return base.settings().closeTimeout().orElse(FOR_EVER);
  }

  private long patience() {
    return Math.max(Nanos.of(base.settings().cancelGrace()), SHORTEST_PATIENCE.toNanos());
  }

  /** Closes; returns when every worker is closed or abandoned. */
  public CloseReport shutdown(Duration limit) {
    if (WorkerThread.runsFor(base.lock())) {
      throw new IllegalStateException(
          "pool '%s' cannot be closed by one of its own workers, which would wait for itself; use beginShutdown()"
              .formatted(base.settings().name()));
    }
    long deadline = deadline(limit);
    beginShutdown();
    boolean interrupted = awaitEndOrStop(deadline);
    // If it has ended, little of what follows does anything.
    boolean _ = stop(false);
    interrupted |= sleepUntilClosed(graceEnds);
    abandonment.abandonAll(worker -> !needsOnlyClose(worker));
    interrupted |= sleepUntilClosed(patienceEnds);
    abandonment.abandonAll(_ -> true);
    interrupted |= awaitReport();
    interrupted |= joinAll();
    Interrupts.restoreIf(interrupted);
    return Objects.requireNonNull(report);
  }

  private static long deadline(Duration limit) {
    return limit.equals(FOR_EVER) ? TimedWait.NEVER : TimedWait.deadline(limit);
  }

  /** Closes, though memory may be short, since nobody else will; but not for ever. */
  public void insist(Duration limit) {
    long deadline = deadline(limit);
    boolean isOver = false;
    while (!isOver) {
      long left = TimedWait.left(deadline);
      try {
        CloseReport _ = shutdown(Duration.ofNanos(Math.max(0, left))); // NEVER gives FOR_EVER
        isOver = true;
      } catch (OutOfMemoryError | LinkageError e) { // what it has done is done
        HelperThreads.survived(e);
        LockSupport.parkNanos(LOOK_NANOS);
        isOver = base.life().isClosed() || left < -LONGEST_SHORTAGE_NANOS;
      }
    }
  }

  /**
   * The same at the exit of the JVM: all of the close has that time from now on, whoever began it.
   * What runs when only a grace time of it is left, or half of it, is stopped then.
   */
  public void insistWithin(Duration time) {
    long all = Nanos.of(time);
    try (var _ = base.hold()) {
      latestEnd = System.nanoTime() + all;
      if (base.life().isStopped()) {
        graceEnds = TimedWait.earlier(graceEnds, latestEnd);
        patienceEnds = TimedWait.earlier(patienceEnds, latestEnd);
      }
    }
    insist(Duration.ofNanos(all - Math.min(patience(), all / 2)));
  }

  /** Waits until the pool is closed, whoever closes it; false when it is too late. Any thread. */
  public boolean awaitClosed(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + Math.max(0, nanos);
    try (var _ = base.hold()) {
      return TimedWait.until(base.life()::isClosed, changed, deadline);
    }
  }

  // The stages

  /** Whether it is at nothing that could hang, or at closing its worker. */
  private boolean needsOnlyClose(WorkerThread<J, R> worker) {
    return worker.phase().is(Phase.CLOSING)
        || (worker.phase().is(Phase.SERVING) && worker.runner().current() == null);
  }

  /**
   * Until everything has ended, the pool is stopped, it is too late, or an interrupt comes. Without
   * a deadline it warns when nothing moves. It also looks itself whether all is over: whoever was
   * to tell may have had no memory left for it.
   */
  private boolean awaitEndOrStop(long deadline) {
    StallWarning<J, R> stall = null;
    boolean isOver = false;
    try {
      while (!isOver) {
        endIfOver();
        try (var _ = base.hold()) {
          watch.lookAgain();
          delayed.ringAgain();
          long nextLook = TimedWait.earlier(deadline, System.nanoTime() + SELDOM_NANOS);
          if (deadline == TimedWait.NEVER) {
            stall = stall == null ? new StallWarning<>(base, slots, delayed, counters) : stall;
            nextLook = TimedWait.earlier(nextLook, stall.warnIfDue());
          }
          isOver =
              TimedWait.until(base.life()::isStopped, changed, nextLook)
                  || TimedWait.left(deadline) <= 0;
        }
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  /**
   * Lets nothing more start and stops what runs, of which it may keep the jobs, or goes on with
   * that if it has failed before. False after the first.
   */
  public boolean stop(boolean keepsCancelledJobs) {
    boolean isFirst =
        settler.stopAll(() -> {
          if (base.life().isStopped()) {
            return false;
          }
          long now = System.nanoTime();
          long grace = Nanos.of(base.settings().cancelGrace());
          graceEnds = TimedWait.earlier(now + grace, latestEnd);
          patienceEnds = TimedWait.earlier(now + patience(), latestEnd);
          if (keepsCancelledJobs) {
            base.report().keepCancelledJobs((int) counters.counts().running() + slots.size());
          }
          return base.life().stop();
        });
    try (var _ = base.hold()) {
      if (!areWorkersTold) {
        slotFiller.interruptOpeningAndFinishing();
        changed.signalAll();
        areWorkersTold = true;
      }
    }
    endIfOver(); // every worker may have ended before the last job was settled
    return isFirst;
  }

  /** Stops the pool that is closing when no slot has a thread: nobody will do what waits. */
  private void stopIfAlone() {
    boolean isAlone;
    try (var _ = base.hold()) {
      isAlone = base.life().isClosing() && base.life().living() == 0;
    }
    if (isAlone) {
      boolean _ = stop(false);
    }
  }

  /** Until everything has ended or it is too late; whether an interrupt came. */
  private boolean sleepUntilClosed(long deadline) {
    try (var _ = base.hold()) {
      return TimedWait.untilDespiteInterrupts(base.life()::isClosed, changed, deadline);
    }
  }

  /**
   * Until the report is written. Whoever was abandoned may be between two steps of the pool itself,
   * having ended a job and not yet counted it; of that it tells nobody, so this looks again.
   */
  private boolean awaitReport() {
    boolean interrupted = false;
    while (!base.life().isClosed()) {
      endIfOver();
      long nextLook = System.nanoTime() + LOOK_NANOS;
      interrupted |= sleepUntilClosed(nextLook);
    }
    return interrupted;
  }

  private boolean joinAll() {
    boolean interrupted = false;
    for (Slot<J, R> slot : slots) {
      WorkerThread<J, R> worker = slot.thread();
      while (!worker.isGone() && worker.thread().isAlive()) {
        try {
          worker.thread().join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    try {
      end.await(patienceEnds);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    return interrupted;
  }

  // Whoever ends

  /**
   * A thread has ended, or was abandoned and has no successor: ends the closing when it was the
   * last, and every future is done that was settled.
   */
  public void threadEnded() {
    stopIfAlone();
    endIfOver();
  }

  private void endIfOver() {
    JobFuture<?, ?> undone;
    while ((undone = endUnlessUndone()) != null) {
      undone.awaitPublication(LOOK_NANOS);
    }
  }

  private @Nullable JobFuture<?, ?> endUnlessUndone() {
    CloseReport written;
    try (var _ = base.hold()) {
      if (!base.life().isClosing() || base.life().isClosed() || base.life().living() > 0) {
        return null;
      }
      JobFuture<?, ?> undone = unpublished.first();
      if (undone != null && !isTooLate()) {
        return undone;
      }
      if (!counters.areSettled()) {
        return null;
      }
      written =
          base.report().report(counters.counts(), Duration.ofNanos(System.nanoTime() - began));
      report = written;
      base.life().closed();
      changed.signalAll();
    }
    release.run();
    log(written);
    return null;
  }

  /** Whether a close that was stopped has waited long enough for foreign code. */
  private boolean isTooLate() {
    return base.life().isStopped() && System.nanoTime() - patienceEnds >= 0;
  }

  private void log(CloseReport written) {
    if (written.abandoned().isEmpty()) {
      write(written);
      return;
    }
    try { // it asks jobs for their text, which may hang as well
      Thread writing =
          base.helpers().start("report", () -> write(written), "the close is not logged");
      boolean _ = writing == null || writing.join(SHORTEST_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(CloseReport written) {
    Level level = written.isClean() ? Level.INFO : Level.WARN;
    LogLine.of(level, base.settings().name()).with("elapsed", written.took()).log("{}", written);
  }
}
