package pool.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Ends the wait for workers that do not come back. While the pool goes on their slots get other
 * threads, as often as there are slots, and stay empty beyond that; when it closes, its report
 * names them.
 */
final class WorkerAbandonment<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private final PoolCore<J, R> core;
  private final Slots<J, R> workers;
  private final ReentrantLock lock;

  // Under the lock:
  private int replaced; // threads, after they were abandoned
  private int ranges; // of bulk calls, given to them

  WorkerAbandonment(PoolCore<J, R> core) {
    this.core = core;
    this.workers = core.workers;
    this.lock = core.lock;
  }

  // Closers

  /** Abandons those that have not ended, and what they run. */
  void ofAll(Predicate<WorkerThread<J, R>> which) {
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    List<CloseReport.Abandoned> abandoned = new ArrayList<>();
    for (WorkerThread<J, R> worker : workers) {
      if (worker.phase.isOver() || !which.test(worker)) {
        continue;
      }
      List<StackTraceElement> stack = List.of(worker.thread().getStackTrace());
      lock.lock();
      try {
        if (!worker.phase.isOver()) {
          core.canceller.cancelForClose(worker, settled);
          abandoned.add(abandon(worker, stack));
        }
      } finally {
        lock.unlock();
      }
    }
    abandoned.forEach(one -> core.events.recordAbandoned(one, core.cancelExecutor));
    settled.complete();
    core.closing.stopIfAlone();
    core.closing.endIfAllHave();
  }

  /** Counts on a worker no longer, whose job has settled. Under the lock. */
  private CloseReport.Abandoned abandon(WorkerThread<J, R> worker, List<StackTraceElement> stack) {
    Work<J, R> current = worker.runner.current();
    Optional<Object> job = Optional.ofNullable(current).map(work -> work.runningJob(worker));
    CloseReport.Abandoned abandoned = new CloseReport.Abandoned(worker.name(), job, stack);
    core.reportBuilder.abandoned(abandoned);
    core.events.abandoned(abandoned);
    core.replacement.abandoned(worker);
    return abandoned;
  }

  // The supervisor

  /** Abandons a worker if, under the lock, it still hangs; another thread gets its slot. */
  void of(WorkerThread<J, R> hanging, BooleanSupplier stillHangs) {
    List<StackTraceElement> stack = List.of(hanging.thread().getStackTrace());
    WorkerThread<J, R> successor = null;
    CloseReport.Abandoned abandoned;
    lock.lock();
    try {
      if (hanging.phase.isOver() || core.life.isStopped() || !stillHangs.getAsBoolean()) {
        return;
      }
      boolean inBatch = hanging.runner.current() instanceof BulkCall;
      if (!hanging.phase.is(WorkerState.OPENING)) {
        core.replacement.workerLeft();
      }
      abandoned = abandon(hanging, stack);
      if (replaced < workers.size() && core.replacement.isWanted()) {
        replaced++;
        successor = hanging.successor(inBatch ? workers.size() + ranges++ : hanging.range());
        if (inBatch) {
          core.queue.handOver(hanging, successor);
        }
        workers.replace(hanging, successor);
        core.replacement.isOneMore();
      }
    } finally {
      lock.unlock();
    }
    core.events.recordAbandoned(abandoned, core.cancelExecutor);
    LogLine.of(LOG, Level.WARN, hanging)
        .log(
            "{} did not come back and was abandoned{}; it is at{}",
            hanging.name(),
            successor == null ? ", its slot stays empty" : " and replaced",
            CloseReport.lines(stack));
    if (successor == null || !start(successor)) {
      Thread _ =
          core.cancelExecutor.run(() -> { // what is chained to a future may block
            failIfEmpty(hanging.slot());
            core.waits.slotStaysEmpty(staysEmpty(hanging));
            core.closing.stopIfAlone();
          });
    }
  }

  private boolean start(WorkerThread<J, R> successor) {
    try {
      successor.thread().start();
      return true;
    } catch (Throwable e) { // no thread can be had
      LogLine.of(LOG, Level.ERROR, successor)
          .log("no thread for {}: {}", successor.name(), SafeText.of(e));
      lock.lock();
      try {
        core.replacement.abandoned(successor);
      } finally {
        lock.unlock();
      }
      return false;
    }
  }

  // Submitters

  /** Fails what was just accepted for a slot, when that stays empty. */
  void failIfEmpty(int slot) {
    if (workers.get(slot).isGone() && isEmpty(slot)) {
      WorkerThread<J, R> gone = workers.get(slot);
      core.canceller.failOwn(gone, staysEmpty(gone));
    }
  }

  private PoolBrokenException staysEmpty(WorkerThread<J, R> gone) {
    return new PoolBrokenException(
        "%s of pool '%s' was abandoned, its slot stays empty, and nobody else can do the job"
            .formatted(gone.name(), core.settings.name()),
        null);
  }

  /** Exactly: under the lock nobody is between being abandoned and being replaced. */
  private boolean isEmpty(int slot) {
    lock.lock();
    try {
      return workers.get(slot).isGone();
    } finally {
      lock.unlock();
    }
  }
}
