package pool.core;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds work for workers.
 *
 * <p>A worker looks, in this order: at the jobs that it took from the ring ({@link ClaimedJobs});
 * in the ring; in the {@link SlotQueues}, with which the first two take turns when something is
 * there; in the hands of the others. When it finds nothing it searches for a moment, and then
 * sleeps ({@link IdleWorkers}).
 *
 * <p>It takes several jobs together only when the last were short ({@link ClaimSize}) and there are
 * enough for every worker; what it took can be started by others. A worker that has nothing else to
 * do always looks for that, and one that is busy does so once in a millisecond, so that no job
 * waits for ever behind one that turned out to be long.
 */
final class Dispatcher<J, R> {

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 1_000 : 0;
  private static final int SPINS_PER_CHECK_OF_CLAIMS = 64;

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final boolean claimsSeveral;

  Dispatcher(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.claimsSeveral = core.settings.claimsSeveral();
  }

  // A worker, on its thread

  /**
   * The next work for a worker, already started; waits for it. Null when the worker has waited as
   * long as it may ({@link Parker#sleep}), or is to end, because all that was accepted has settled
   * or because the pool is stopped.
   */
  @Nullable Work<J, R> next(WorkerThread<J, R> worker) {
    Work<J, R> work = find(worker);
    if (work == null) {
      while (work == null && rest(worker)) {
        work = find(worker);
      }
      if (worker.parker.endsSearch()) {
        core.idleWorkers.endSearch();
      }
      if (core.admission.hasJobs() || core.queue.hasForAny() || othersHoldJobs()) {
        core.idleWorkers.signal();
      }
    }
    return work;
  }

  private @Nullable Work<J, R> find(WorkerThread<J, R> worker) {
    boolean slowPath = core.queue.hasForAny() || worker.hasOwn();
    Work<J, R> work = worker.claimSize.beginsRound() ? startFromOthers(worker, true) : null;
    if (work == null && slowPath && worker.takesSlowTurn()) {
      work = pollSlowPath(worker);
    }
    while (work == null && (work = startNextClaimed(worker)) == null && core.admission.hasJobs()) {
      int most = worker.claimSize.sampleClock();
      take(worker, slowPath ? 1 : most);
    }
    if (work == null && slowPath) {
      work = pollSlowPath(worker);
    }
    return work == null ? startFromOthers(worker, false) : work;
  }

  private @Nullable JobFuture<J, R> startNextClaimed(WorkerThread<J, R> worker) {
    JobFuture<J, R> future;
    do {
      if (worker.claimed.hasMore() && core.signals.isStopped()) {
        core.canceller.returnClaimed(worker);
      }
      future = worker.claimed.startNext();
    } while (future != null && !started(worker, future));
    return future;
  }

  private void take(WorkerThread<J, R> worker, int most) {
    int jobs = 1;
    if (most > 1 && claimsSeveral) {
      jobs = Math.clamp(core.admission.depth() / core.settings.workers(), 1, most);
    }
    if (core.admission.take(worker.claimed, jobs) > 1) {
      core.idleWorkers.signal(); // who falls asleep now sees the hand, or is seen here
    }
  }

  private @Nullable Work<J, R> pollSlowPath(WorkerThread<J, R> worker) {
    Work<J, R> work;
    lock.lock();
    try {
      work = core.queue.poll(worker, !core.admission.hasJobs() && !worker.claimed.hasMore());
    } finally {
      lock.unlock();
    }
    if (work != null) {
      int _ = worker.claimSize.sampleClock();
    }
    return work instanceof JobFuture<J, R> future && !started(worker, future) ? null : work;
  }

  /** Starts a job that another worker has taken; only of such as are stuck, if so asked. */
  private @Nullable JobFuture<J, R> startFromOthers(WorkerThread<J, R> worker, boolean stuck) {
    for (int i = 1; claimsSeveral && i < core.workers.size(); i++) {
      WorkerThread<J, R> other = core.workers.get((worker.slot() + i) % core.workers.size());
      if (!stuck || worker.claimSize.isStuck(other.counters)) {
        JobFuture<J, R> future = worker.claimed.startFrom(other.claimed);
        if (future != null && started(worker, future)) {
          int _ = worker.claimSize.sampleClock();
          return future;
        }
      }
    }
    return null;
  }

  /** Counts a job that the worker has started; false when the pool was stopped meanwhile. */
  private boolean started(WorkerThread<J, R> worker, JobFuture<J, R> future) {
    worker.counters.jobStarted();
    if (core.signals.submittersWait()) {
      core.admission.tellPlaceIsFree(worker);
    }
    if (core.signals.isStopped()) {
      core.canceller.cancelStartedLate(worker, future);
      return false;
    }
    return true;
  }

  /** Counts a job of the queue that the worker has ended, before its future is completed. */
  void ended(WorkerThread<J, R> worker, boolean hasFailed) {
    worker.counters.jobEnded(hasFailed);
    if (core.signals.isWatched() && core.admission.mayHoldNothing()) {
      lock.lock();
      try {
        core.signals.noticeSettled();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Whether a worker that goes through a bulk call is to look for other work in between. */
  boolean othersWait(WorkerThread<J, R> worker) {
    return core.admission.hasJobs()
        || worker.hasOwn()
        || core.queue.hasOthersThanABatch()
        || (worker.claimSize.isRoundDue() && othersAreStuck(worker))
        || core.signals.isStopped();
  }

  private boolean othersAreStuck(WorkerThread<J, R> worker) {
    if (claimsSeveral) {
      for (WorkerThread<J, R> other : core.workers) {
        if (worker.claimSize.isStuck(other.counters) && other.claimed.hasWaiting()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Waits for work; false when the worker is to end, or has waited as long as it may. */
  private boolean rest(WorkerThread<J, R> worker) {
    if (worker.parker.searches(core.idleWorkers) && spinUntilWork(worker)) {
      return true;
    }
    lock.lock();
    try {
      if (core.life.isStopped() || core.signals.isDrained()) {
        return false;
      }
      core.counters.countStarted(worker);
      core.idleWorkers.add(worker.parker, worker.parker.endsSearch());
      if (hasWork(worker) || othersHoldJobs()) {
        core.idleWorkers.wake(worker.parker);
        boolean _ =
            worker.parker.searches(core.idleWorkers); // who added it may have left it to a searcher
      } else {
        if (!worker.parker.sleep()) {
          core.idleWorkers.wake(worker.parker);
          return false;
        }
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean spinUntilWork(WorkerThread<J, R> worker) {
    for (int i = 1; i <= SPINS; i++) {
      if (hasWork(worker) || (i % SPINS_PER_CHECK_OF_CLAIMS == 0 && othersHoldJobs())) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private boolean hasWork(WorkerThread<J, R> worker) {
    return core.admission.hasJobs() || core.queue.hasForAny() || worker.hasOwn();
  }

  private boolean othersHoldJobs() {
    if (claimsSeveral) {
      for (WorkerThread<J, R> worker : core.workers) {
        if (worker.claimed.hasWaiting()) {
          return true;
        }
      }
    }
    return false;
  }

  // Under the lock:

  /** Wakes as many as a new bulk call has places for. */
  void wakeFor(BulkCall<J, R> bulk) {
    if (core.settings.distribution() == Distribution.SHARED) {
      core.idleWorkers.wake(bulk.jobs());
      return;
    }
    for (WorkerThread<J, R> worker : core.workers) {
      if (bulk.hasOwnPlace(worker.range())) {
        core.idleWorkers.wake(worker.parker);
      }
    }
  }
}
