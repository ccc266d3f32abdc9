package pool.core;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Ends a pool in stages: stop the intake and drain; past the deadline return what waits and stop
 * what runs; past a grace time abandon who did not come back.
 *
 * <p>There is no closing thread, except for {@code TaskExecutor.shutdownNow}. Every closer waits
 * and watches its own deadline, and whoever notices first that a stage is over begins the next, so
 * the earliest deadline wins. The last worker to end, the closer that abandons the rest, or whoever
 * completes the last future, writes the report, which all closers return.
 */
final class Closing<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);
  private static final Duration SHORTEST_PATIENCE = Duration.ofSeconds(1);
  private static final long EXIT_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Condition changed;

  // Under the lock:
  private long began;
  private long graceEnds;
  private long patienceEnds; // with those that need only close, and owners that are slow to hear
  private int pendingCompletions; // futures that are not yet completed, and the teller of a stop
  private final List<WeakReference<JobFuture<J, R>>> byOwners = new ArrayList<>(); // likewise
  private @Nullable CloseReport report;
  private volatile boolean tellersCallExit; // what is chained to a future does, and never returns

  Closing(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.changed = lock.newCondition();
  }

  /** Stops the intake; what was accepted goes on. Any thread, also a worker. */
  void begin() {
    lock.lock();
    try {
      if (core.life.beginClosing()) {
        began = System.nanoTime();
        core.admission.stop();
        core.signals.lifeChanged();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes with the deadline that the builder was told, or without. */
  CloseReport close() {
    return shutdown(limit());
  }

  Duration limit() {
    return core.settings.closeTimeout().orElse(FOR_EVER);
  }

  /** Closes; returns when every worker is closed or abandoned. */
  CloseReport shutdown(Duration limit) {
    if (WorkerThread.isOf(core)) {
      throw new IllegalStateException(
          "pool '%s' cannot be closed by one of its own workers, which would wait for itself; use beginShutdown()"
              .formatted(core.settings.name()));
    }
    long deadline = System.nanoTime() + Nanos.of(limit);
    begin();
    stopIfAlone();
    boolean interrupted = awaitDrained(deadline, limit.equals(FOR_EVER));
    boolean _ = stop(false);
    interrupted |= awaitClosedUntil(() -> graceEnds);
    core.abandonments.ofAll(worker -> !needsOnlyClose(worker));
    interrupted |= awaitClosedUntil(() -> patienceEnds);
    core.abandonments.ofAll(worker -> true);
    interrupted |= awaitReport();
    interrupted |= joinAll();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return Objects.requireNonNull(report);
  }

  /** Waits until the pool is closed, whoever closes it; false when time ran out. Any thread. */
  boolean awaitClosed(long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (!core.life.isClosed()) {
        if (left <= 0) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * At the exit of the JVM. A worker that called for the exit waits for it, so we do not; neither
   * do we for one that calls for it later.
   */
  void atExit() {
    begin();
    leaveThoseThatCallExit();
    Thread watch =
        Thread.ofPlatform()
            .daemon(true)
            .name(core.settings.name() + "-exit-watch")
            .unstarted(this::watchForCallsOfExit);
    try {
      watch.start();
    } catch (Throwable e) { // no thread can be had: the time-out has to do
      LogLine.of(LOG, Level.ERROR, core.settings.name())
          .log("nobody looks for workers that call System.exit: {}", SafeText.of(e));
    }
    CloseReport _ = shutdown(core.settings.closeOnExit().orElseThrow());
  }

  private void watchForCallsOfExit() {
    try {
      while (!awaitClosed(EXIT_LOOK_NANOS)) {
        leaveThoseThatCallExit();
      }
    } catch (InterruptedException e) {
      // by a stranger: the time-out has to do
    }
  }

  private void leaveThoseThatCallExit() {
    core.abandonments.ofAll(
        worker -> callsExit(worker.thread()) || callsExit(worker.runner.cancellingThread()));
    for (WorkerThread<J, R> worker : core.workers) {
      core.abandonments.failIfEmpty(worker.slot());
    }
    if (core.cancelExecutor.completers().stream().anyMatch(Closing::callsExit)) {
      tellersCallExit = true;
      endIfAllHave();
    }
  }

  private static boolean callsExit(@Nullable Thread thread) {
    return thread != null
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame ->
                frame.getClassName().equals(Runtime.class.getName())
                    && frame.getMethodName().equals("exit"));
  }

  // The stages

  /** Whether it is at nothing that could hang, or at closing its worker. */
  private boolean needsOnlyClose(WorkerThread<J, R> worker) {
    return worker.phase.is(WorkerState.CLOSING)
        || (worker.phase.is(WorkerState.IDLE) && worker.runner.current() == null);
  }

  /**
   * Until everything has ended, the deadline has passed, or the thread is interrupted. Without a
   * deadline it warns when nothing moves.
   */
  private boolean awaitDrained(long deadline, boolean warns) {
    lock.lock();
    try {
      StallWarning<J, R> stall = warns ? new StallWarning<>(core) : null;
      while (!core.life.isClosed() && !core.life.isStopped()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        changed.awaitNanos(stall == null ? left : Math.min(left, stall.untilNextLook()));
        if (stall != null && stall.isDue()) {
          stall.warn();
        }
      }
      return false;
    } catch (InterruptedException e) {
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns what waits and stops what runs, of which it may keep the jobs. False after the first.
   */
  boolean stop(boolean keepsCancelledJobs) {
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      if (core.life.isClosed() || !core.life.stop()) {
        return false;
      }
      long now = System.nanoTime();
      long grace = Nanos.of(core.settings.cancelGrace());
      graceEnds = now + grace;
      patienceEnds = now + Math.max(grace, SHORTEST_PATIENCE.toNanos());
      if (keepsCancelledJobs) {
        core.reportBuilder.keepCancelledJobs();
      }
      core.canceller.stopAll(settled);
      completionsBegin(1);
      core.replacement.stop();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Thread _ =
        core.cancelExecutor.run(() -> { // of its own, since what is chained to a future may block
          settled.completeAndWait();
          completionsEnded(1);
        });
    return true;
  }

  /** Until everything has ended or, after the stop, it is as late as that. */
  private boolean awaitClosedUntil(LongSupplier end) {
    boolean interrupted = false;
    lock.lock();
    try {
      long left;
      while (!core.life.isClosed() && (left = end.getAsLong() - System.nanoTime()) > 0) {
        try {
          changed.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
    }
    return interrupted;
  }

  /**
   * Until the report is written. Whoever was abandoned may be between two steps of the pool itself,
   * having ended a job and not yet counted it; of that it tells nobody, so this looks again.
   */
  private boolean awaitReport() {
    boolean interrupted = false;
    while (true) {
      endIfAllHave();
      lock.lock();
      try {
        if (report != null) {
          return interrupted;
        }
        changed.awaitNanos(CompletionSignals.RECHECK_NANOS);
      } catch (InterruptedException e) {
        interrupted = true;
      } finally {
        lock.unlock();
      }
    }
  }

  /** Stops the pool that is closing when no slot has a thread: nobody will do what waits. */
  void stopIfAlone() {
    boolean alone;
    lock.lock();
    try {
      alone = core.life.isClosing() && core.replacement.living() == 0;
    } finally {
      lock.unlock();
    }
    if (alone) {
      boolean _ = stop(false);
    }
  }

  private boolean joinAll() {
    boolean interrupted = false;
    for (WorkerThread<J, R> worker : core.workers) {
      while (!worker.isGone() && worker.thread().isAlive()) {
        try {
          worker.thread().join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    try {
      core.cancelExecutor.awaitEnd(TimeUnit.SECONDS.toNanos(1));
      core.events.awaitEnd();
    } catch (InterruptedException e) {
      interrupted = true;
    }
    return interrupted;
  }

  // Whoever settles jobs, or ends

  /** What the future of a returned job fails with. */
  PoolClosedException returnedCause() {
    return core.poolClosed("the job was not started");
  }

  /** So many futures settled that are yet to be completed. Under the lock. */
  void completionsBegin(int futures) {
    pendingCompletions += futures;
  }

  /** So many of those are completed. */
  void completionsEnded(int futures) {
    lock.lock();
    try {
      pendingCompletions -= futures;
    } finally {
      lock.unlock();
    }
    endIfAllHave();
  }

  /** Its owner has settled it, and is about to complete it. Under the lock. */
  void isToComplete(JobFuture<J, R> future) {
    byOwners.removeIf(other -> isDone(other.get()));
    byOwners.add(new WeakReference<>(future));
  }

  private static boolean isDone(@Nullable JobFuture<?, ?> future) {
    return future == null || future.isDone();
  }

  /** Ends the closing when the last worker has ended and all is told; whoever notices. */
  void endIfAllHave() {
    JobFuture<J, R> undone;
    do {
      lock.lock();
      try {
        if (!hasEnded()) {
          return;
        }
        undone = undoneByOwner();
        if (undone == null) {
          report = core.reportBuilder.report(Duration.ofNanos(System.nanoTime() - began));
          core.life.closed();
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
      if (undone != null) {
        undone.awaitPublication();
      }
    } while (undone != null);
    release();
  }

  private boolean hasEnded() {
    return core.life.isClosing()
        && !core.life.isClosed()
        && core.replacement.living() == 0
        && core.counters.areSettled()
        && (pendingCompletions == 0 || tellersCallExit || isTooLateToComplete());
  }

  private @Nullable JobFuture<J, R> undoneByOwner() {
    return byOwners.stream()
        .map(WeakReference::get)
        .filter(future -> !isDone(future))
        .findFirst()
        .orElse(null);
  }

  private boolean isTooLateToComplete() {
    return core.life.isStopped() && System.nanoTime() - patienceEnds >= 0;
  }

  /** Lets go of what outlives the workers. */
  private void release() {
    core.exitHook.remove();
    core.cancelExecutor.close();
    lock.lock();
    try {
      core.supervisor.end();
    } finally {
      lock.unlock();
    }
    CloseReport written = Objects.requireNonNull(report);
    if (written.abandoned().isEmpty()) {
      log(written);
      return;
    }
    try { // it asks jobs for their text, which may hang as well
      boolean _ = core.cancelExecutor.run(() -> log(written)).join(SHORTEST_PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void log(CloseReport written) {
    Level level = written.isClean() ? Level.INFO : Level.WARN;
    LogLine.of(LOG, level, core.settings.name()).with("elapsed", written.took()).log("{}", written);
  }
}
