package pool.core;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds work for workers.
 *
 * <p>A worker looks, in this order: at the jobs that it took from the ring ({@link Hand}); in the
 * ring; in the {@link JobQueue}, with which the first two take turns when something is there; in
 * the hands of the others. When it finds nothing it searches for a moment, and then sleeps ({@link
 * Sleepers}).
 *
 * <p>It takes several jobs together only when the last were short ({@link Pace}) and there are
 * enough for every worker; what it took can be started by others. A worker that has nothing else to
 * do always looks for that, and one that is busy does so once in a millisecond, so that no job
 * waits for ever behind one that turned out to be long.
 */
final class Dispatcher<J, R> {

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 1_000 : 0;
  private static final int SPINS_PER_LOOK_AT_HANDS = 64;

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final boolean takesHandfuls;

  Dispatcher(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.takesHandfuls = core.settings.takesHandfuls();
  }

  // A worker, on its thread

  /**
   * The next work for a worker, already started; waits for it. Null when the worker has waited as
   * long as it may ({@link Sleeper#sleep}), or is to end, because all that was accepted has settled
   * or because the pool is stopped.
   */
  @Nullable Work<J, R> next(WorkerThread<J, R> worker) {
    Work<J, R> work = find(worker);
    if (work == null) {
      while (work == null && rest(worker)) {
        work = find(worker);
      }
      if (worker.sleeper.endsSearch()) {
        core.sleepers.endSearch();
      }
      if (core.intake.hasJobs() || core.queue.hasForAny() || isInHands()) {
        core.sleepers.signal();
      }
    }
    return work;
  }

  private @Nullable Work<J, R> find(WorkerThread<J, R> worker) {
    boolean aside = core.queue.hasForAny() || worker.hasOwn();
    Work<J, R> work = worker.pace.beginsRound() ? startFromOthers(worker, true) : null;
    if (work == null && aside && worker.takesTurnAside()) {
      work = pollAside(worker);
    }
    while (work == null && (work = startNextInHand(worker)) == null && core.intake.hasJobs()) {
      int most = worker.pace.look();
      take(worker, aside ? 1 : most);
    }
    if (work == null && aside) {
      work = pollAside(worker);
    }
    return work == null ? startFromOthers(worker, false) : work;
  }

  private @Nullable JobFuture<J, R> startNextInHand(WorkerThread<J, R> worker) {
    JobFuture<J, R> future;
    do {
      if (worker.hand.hasMore() && core.attention.isStopped()) {
        core.canceller.returnTaken(worker);
      }
      future = worker.hand.startNext();
    } while (future != null && !started(worker, future));
    return future;
  }

  private void take(WorkerThread<J, R> worker, int most) {
    int jobs = 1;
    if (most > 1 && takesHandfuls) {
      jobs = Math.clamp(core.intake.depth() / core.settings.workers(), 1, most);
    }
    if (core.intake.take(worker.hand, jobs) > 1) {
      core.sleepers.signal(); // who falls asleep now sees the hand, or is seen here
    }
  }

  private @Nullable Work<J, R> pollAside(WorkerThread<J, R> worker) {
    Work<J, R> work;
    lock.lock();
    try {
      work = core.queue.poll(worker, !core.intake.hasJobs() && !worker.hand.hasMore());
    } finally {
      lock.unlock();
    }
    if (work != null) {
      int _ = worker.pace.look();
    }
    return work instanceof JobFuture<J, R> future && !started(worker, future) ? null : work;
  }

  /** Starts a job that another worker has taken; only of such as are stuck, if so asked. */
  private @Nullable JobFuture<J, R> startFromOthers(WorkerThread<J, R> worker, boolean stuck) {
    for (int i = 1; takesHandfuls && i < core.workers.size(); i++) {
      WorkerThread<J, R> other = core.workers.get((worker.slot() + i) % core.workers.size());
      if (!stuck || worker.pace.isStuck(other.tally)) {
        JobFuture<J, R> future = worker.hand.startFrom(other.hand);
        if (future != null && started(worker, future)) {
          int _ = worker.pace.look();
          return future;
        }
      }
    }
    return null;
  }

  /** Counts a job that the worker has started; false when the pool was stopped meanwhile. */
  private boolean started(WorkerThread<J, R> worker, JobFuture<J, R> future) {
    worker.tally.jobStarted();
    if (core.attention.submittersWait()) {
      core.intake.tellPlaceIsFree(worker);
    }
    if (core.attention.isStopped()) {
      core.canceller.cancelStartedLate(worker, future);
      return false;
    }
    return true;
  }

  /** Counts a job of the queue that the worker has ended, before its future is completed. */
  void ended(WorkerThread<J, R> worker, boolean hasFailed) {
    worker.tally.jobEnded(hasFailed);
    if (core.attention.isWatched() && core.intake.mayHoldNothing()) {
      lock.lock();
      try {
        core.attention.noticeSettled();
      } finally {
        lock.unlock();
      }
    }
  }

  /** Whether a worker that goes through a batch is to look for other work in between. */
  boolean othersWait(WorkerThread<J, R> worker) {
    return core.intake.hasJobs()
        || worker.hasOwn()
        || core.queue.hasOthersThanABatch()
        || (worker.pace.isRoundDue() && othersAreStuck(worker))
        || core.attention.isStopped();
  }

  private boolean othersAreStuck(WorkerThread<J, R> worker) {
    if (takesHandfuls) {
      for (WorkerThread<J, R> other : core.workers) {
        if (worker.pace.isStuck(other.tally) && other.hand.hasWaiting()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Waits for work; false when the worker is to end, or has waited as long as it may. */
  private boolean rest(WorkerThread<J, R> worker) {
    if (worker.sleeper.searches(core.sleepers) && spinUntilWork(worker)) {
      return true;
    }
    lock.lock();
    try {
      if (core.life.isStopped() || core.attention.isDrained()) {
        return false;
      }
      core.accounts.lookAt(worker);
      core.sleepers.add(worker.sleeper, worker.sleeper.endsSearch());
      if (hasWork(worker) || isInHands()) {
        core.sleepers.wake(worker.sleeper);
        boolean _ =
            worker.sleeper.searches(core.sleepers); // who added it may have left it to a searcher
      } else {
        if (!worker.sleeper.sleep()) {
          core.sleepers.wake(worker.sleeper);
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
      if (hasWork(worker) || (i % SPINS_PER_LOOK_AT_HANDS == 0 && isInHands())) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private boolean hasWork(WorkerThread<J, R> worker) {
    return core.intake.hasJobs() || core.queue.hasForAny() || worker.hasOwn();
  }

  private boolean isInHands() {
    if (takesHandfuls) {
      for (WorkerThread<J, R> worker : core.workers) {
        if (worker.hand.hasWaiting()) {
          return true;
        }
      }
    }
    return false;
  }

  // Under the lock:

  /** Wakes as many as a new batch has places for. */
  void wakeFor(Batch<J, R> batch) {
    if (core.settings.distribution() == Distribution.SHARED) {
      core.sleepers.wake(batch.jobs());
      return;
    }
    for (WorkerThread<J, R> worker : core.workers) {
      if (batch.hasOwnPlace(worker.part())) {
        core.sleepers.wake(worker.sleeper);
      }
    }
  }
}
