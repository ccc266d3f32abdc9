package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a pool in stages: stop the intake and drain; past the deadline return what waits and stop
 * what runs; past a grace time abandon who did not come back.
 *
 * <p>There is no closing thread, except for {@code TaskExecutor.shutdownNow}. Every closer waits
 * and watches its own deadline, and whoever notices first that a stage is over begins the next, so
 * the earliest deadline wins. The last worker to end, or the closer that abandons the rest, writes
 * the report, which all closers return.
 */
final class Closing<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Condition changed;

  // Under the lock:
  private long began;
  private long graceEnds;
  private boolean telling; // the owners of what was stopped are being told
  private long cancelledByClose;
  private final List<Object> returnedJobs = new ArrayList<>();
  private @Nullable List<Object> cutShort; // submitted jobs whose runs were cancelled, if kept
  private final List<CloseReport.CloseFailure> failures = new ArrayList<>();
  private final List<CloseReport.Abandoned> abandoned = new ArrayList<>();
  private final Map<Integer, Times> times = new TreeMap<>(); // by slot
  private @Nullable CloseReport report;

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
        core.intake.stop();
        core.attention.lifeChanged();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Closes with the deadline that the builder was told, or without. */
  CloseReport close() {
    return shutdown(core.settings.closeTimeout().orElse(FOR_EVER));
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
    if (isAlone()) {
      boolean _ = stop(false); // every slot is empty
    }
    boolean interrupted = awaitDrained(deadline, limit.equals(FOR_EVER));
    boolean _ = stop(false);
    interrupted |= awaitGrace();
    abandon(worker -> true);
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

  /** The jobs that a stop has returned. */
  List<Object> returnedJobs() {
    lock.lock();
    try {
      return report == null ? List.copyOf(returnedJobs) : report.returnedJobs();
    } finally {
      lock.unlock();
    }
  }

  /** The jobs that the stop has cancelled while they ran, if they were kept; once. */
  List<Object> takeCutShort() {
    lock.lock();
    try {
      List<Object> taken = cutShort;
      cutShort = null;
      return taken == null ? List.of() : taken;
    } finally {
      lock.unlock();
    }
  }

  /** At the exit of the JVM. A worker that called for the exit waits for it, so we do not. */
  void atExit() {
    begin();
    abandon(worker -> callsExit(worker.thread()));
    CloseReport atExit = shutdown(core.settings.closeOnExit());
    if (!atExit.isClean()) {
      LOG.warn("closed at exit: {}", atExit);
    }
  }

  private static boolean callsExit(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame ->
            frame.getClassName().equals(Runtime.class.getName())
                && frame.getMethodName().equals("exit"));
  }

  // The stages

  /**
   * Until everything has ended, the deadline has passed, or the thread is interrupted. Without a
   * deadline it warns when nothing moves.
   */
  private boolean awaitDrained(long deadline, boolean warns) {
    lock.lock();
    try {
      Stall<J, R> stall = new Stall<>(core);
      while (!core.life.isClosed() && !core.life.isStopped()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        changed.awaitNanos(warns ? Math.min(left, stall.untilNextLook()) : left);
        if (warns && stall.isDue()) {
          lock.unlock(); // what jobs say of themselves is not for the lock
          try {
            stall.warn();
          } finally {
            lock.lock();
          }
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
  boolean stop(boolean keepsCutShort) {
    Canceller.Stopped<J, R> stopped;
    lock.lock();
    try {
      if (core.life.isClosed() || !core.life.stop()) {
        return false;
      }
      graceEnds = System.nanoTime() + Nanos.of(core.settings.cancelGrace());
      stopped = core.canceller.stopAll();
      returnedJobs.addAll(stopped.jobs());
      cancelledByClose += stopped.runs();
      if (keepsCutShort) {
        cutShort = new ArrayList<>();
        stopped.cancelled().forEach(future -> cutShort.add(future.job()));
      }
      telling = true;
      core.crew.stop();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    core.stopper.run(() -> tell(stopped));
    return true;
  }

  /** On a thread of its own, since what is chained to a future may block. */
  private void tell(Canceller.Stopped<J, R> stopped) {
    try {
      PoolClosedException cause = returnedCause();
      List<Thread> tellers = new ArrayList<>();
      tellers.addAll(JobFuture.publishAll(stopped.cancelled(), null));
      tellers.addAll(JobFuture.publishAll(stopped.returned(), cause));
      stopped
          .failed()
          .forEach((future, why) -> tellers.addAll(JobFuture.publishAll(List.of(future), why)));
      for (Thread teller : tellers) {
        teller.join();
      }
    } catch (InterruptedException e) {
      // by a callback: what is left is told all the same, but not waited for
    } finally {
      boolean last;
      lock.lock();
      try {
        telling = false;
        last = endedIfAllHave();
      } finally {
        lock.unlock();
      }
      if (last) {
        release();
      }
    }
  }

  /** Until everything has ended or the grace time is over. */
  private boolean awaitGrace() {
    boolean interrupted = false;
    lock.lock();
    try {
      long left;
      while (!core.life.isClosed() && (left = graceEnds - System.nanoTime()) > 0) {
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
    boolean last = false;
    lock.lock();
    try {
      while (report == null) {
        last = endedIfAllHave();
        if (!last) {
          try {
            changed.awaitNanos(Attention.SECOND_LOOK_NANOS);
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      }
    } finally {
      lock.unlock();
    }
    if (last) {
      release();
    }
    return interrupted;
  }

  /** Stops waiting for those workers that have not ended, and says where they are. */
  private void abandon(Predicate<WorkerThread<J, R>> which) {
    List<JobFuture<J, R>> forsaken = new ArrayList<>();
    boolean last;
    for (WorkerThread<J, R> worker : core.workers) {
      if (hasEnded(worker) || !which.test(worker)) {
        continue;
      }
      List<StackTraceElement> stack = List.of(worker.thread().getStackTrace());
      lock.lock();
      try {
        if (!hasEnded(worker)) {
          forsaken.addAll(abandons(worker, stack));
        }
      } finally {
        lock.unlock();
      }
    }
    List<Thread> _ = JobFuture.publishAll(forsaken, null);
    if (isAlone()) {
      boolean _ = stop(false); // nobody is left to do what waits
    }
    lock.lock();
    try {
      last = endedIfAllHave();
    } finally {
      lock.unlock();
    }
    if (last) {
      release();
    }
  }

  /** Counts on a worker no longer; the future that is left without it. Under the lock. */
  List<JobFuture<J, R>> abandons(WorkerThread<J, R> worker, List<StackTraceElement> stack) {
    Work<J, R> current = worker.runner.current();
    Optional<Object> job = Optional.ofNullable(current).map(work -> work.runningJob(worker));
    abandoned.add(new CloseReport.Abandoned(worker.name(), job, stack));
    boolean forsaken = current != null && core.canceller.forsake(worker, current);
    if (forsaken) {
      cancelledByClose++;
    }
    core.crew.abandoned(worker);
    return forsaken && current instanceof JobFuture<J, R> future ? List.of(future) : List.of();
  }

  /** A slot has no thread any more; if none has, nobody is left to close but who closes. */
  void aSlotIsEmpty() {
    if (core.life.isClosing() && isAlone()) {
      boolean _ = stop(false);
    }
  }

  private boolean isAlone() {
    lock.lock();
    try {
      return core.crew.living() == 0;
    } finally {
      lock.unlock();
    }
  }

  boolean hasEnded(WorkerThread<?, ?> worker) {
    return worker.state() == WorkerState.CLOSED || worker.state() == WorkerState.ABANDONED;
  }

  private boolean joinAll() {
    boolean interrupted = false;
    for (WorkerThread<J, R> worker : core.workers) {
      while (worker.state() != WorkerState.ABANDONED && worker.thread().isAlive()) {
        try {
          worker.thread().join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    try {
      core.stopper.awaitEnd(TimeUnit.SECONDS.toNanos(1));
    } catch (InterruptedException e) {
      interrupted = true;
    }
    return interrupted;
  }

  // Worker threads

  /** Whether a worker that has no more jobs may finish. */
  boolean mayFinish(WorkerThread<J, R> worker) {
    lock.lock();
    try {
      if (core.life.isStopped() || worker.isGone()) {
        return false;
      }
      worker.starts(WorkerState.FINISHING);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** What the future of a returned job fails with. */
  PoolClosedException returnedCause() {
    return core.poolClosed("the job was returned, never started");
  }

  /** The stop has returned a job that a worker had taken. Under the lock. */
  void returned(J job) {
    returnedJobs.add(job);
  }

  /** The stop has cancelled the run of a submitted job. Under the lock. */
  void cancelledRun(J job) {
    cancelledByClose++;
    if (cutShort != null) {
      cutShort.add(job);
    }
  }

  /** A worker's {@code finish} or {@code close} threw. */
  void failed(WorkerThread<J, R> worker, Throwable cause) {
    boolean late;
    lock.lock();
    try {
      late = report != null || worker.isGone();
      if (!late) {
        failures.add(new CloseReport.CloseFailure(worker.name(), cause));
      }
    } finally {
      lock.unlock();
    }
    LOG.warn("{} failed to close{}: {}", worker.name(), late ? ", late" : "", Brief.of(cause));
  }

  /** How long a worker took to open. Under the lock. */
  void opened(WorkerThread<J, R> worker, long nanos) {
    times.computeIfAbsent(worker.slot(), _ -> new Times(worker.name())).opened(nanos);
  }

  /** How long a worker took to close. */
  void closed(WorkerThread<J, R> worker, long nanos) {
    lock.lock();
    try {
      times.computeIfAbsent(worker.slot(), _ -> new Times(worker.name())).closed(nanos);
    } finally {
      lock.unlock();
    }
  }

  /** What opening and closing took in one slot. */
  private static final class Times {
    private final String worker;
    private int opened;
    private long opening;
    private long closing;

    Times(String worker) {
      this.worker = worker;
    }

    void opened(long nanos) {
      opened++;
      opening += nanos;
    }

    void closed(long nanos) {
      closing += nanos;
    }

    CloseReport.WorkerTimes reported() {
      return new CloseReport.WorkerTimes(
          worker, opened, Duration.ofNanos(opening), Duration.ofNanos(closing));
    }
  }

  /** Writes the report when the last worker has ended. True once. Under the lock. */
  boolean endedIfAllHave() {
    if (!core.life.isClosing()
        || core.life.isClosed()
        || core.crew.living() > 0
        || !core.accounts.areSettled()
        || (telling && graceEnds - System.nanoTime() > 0)) {
      return false;
    }
    Accounts.Snapshot accounts = core.accounts.snapshot();
    CloseReport written =
        new CloseReport(
            core.settings.name(),
            accounts.submitted(),
            accounts.succeeded(),
            accounts.failed(),
            accounts.cancelled(),
            cancelledByClose,
            accounts.returned(),
            returnedJobs,
            failures,
            abandoned,
            times.values().stream().map(Times::reported).toList(),
            Duration.ofNanos(System.nanoTime() - began));
    report = written;
    returnedJobs.clear();
    core.life.closed();
    changed.signalAll();
    return true;
  }

  /** Lets go of what outlives the workers. By whom {@link #endedIfAllHave} told so. */
  void release() {
    core.exitHook.remove();
    core.stopper.close();
    lock.lock();
    try {
      core.supervisor.end();
    } finally {
      lock.unlock();
    }
    LOG.info("{}", report);
  }
}
