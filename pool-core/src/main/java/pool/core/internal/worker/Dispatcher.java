package pool.core.internal.worker;

import org.jspecify.annotations.Nullable;
import pool.core.internal.batch.Batch;
import pool.core.internal.batch.Batches;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkCalls;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.queue.ClaimedJobs;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.Parker;

/**
 * Finds work for workers.
 *
 * <p>A worker looks, in this order: at what its slot is to do next, each job alone ({@link
 * pool.core.internal.queue.SlotQueue#hasSolo}); once in a millisecond, at what is stuck behind a
 * long job of another; at the jobs that it took from the queue ({@link ClaimedJobs}); in the queue;
 * at what waits for its slot alone and at bulk calls, which take turns with those two when
 * something is there; at what the others have claimed. When it finds nothing it searches for a
 * moment, and then sleeps ({@link IdleWorkers}). It searches for longer only if its last sleep was
 * so short that the search would have spared it: where jobs come now and then, the submitter may be
 * about to run on the processor that the worker searches on.
 *
 * <p>It claims several jobs only when the last were short ({@link ClaimSize}) and there are enough
 * for every worker; what it took can be started by others. A worker that has nothing else to do
 * always looks for that, and one that is busy does so once in a millisecond, so that no job waits
 * for ever behind one that turned out to be long.
 */
public final class Dispatcher<J, R> {

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 1_000 : 0;
  private static final int FEW_SPINS = SPINS / 25;
  private static final int SPINS_PER_CHECK_OF_CLAIMS = 64;

  private final Base base;
  private final Slots<J, R> slots;
  private final JobQueue<J, R> queue;
  private final DelayedJobs<J, R> delayed;
  private final BulkCalls<J, R> bulkCalls;
  private final IdleWorkers idleWorkers;
  private final JobSettler<J, R> settler;
  private final SettledWatch<J, R> watch;
  private final Batches<J, R> batches;
  private final Lifecycle life;
  private final boolean claimsSeveral;
  private final boolean timesRuns;

  public Dispatcher(
      Base base,
      Slots<J, R> slots,
      JobQueue<J, R> queue,
      DelayedJobs<J, R> delayed,
      BulkCalls<J, R> bulkCalls,
      IdleWorkers idleWorkers,
      JobSettler<J, R> settler,
      SettledWatch<J, R> watch,
      Batches<J, R> batches) {
    this.base = base;
    this.slots = slots;
    this.queue = queue;
    this.delayed = delayed;
    this.bulkCalls = bulkCalls;
    this.idleWorkers = idleWorkers;
    this.settler = settler;
    this.watch = watch;
    this.batches = batches;
    this.life = base.life();
    this.claimsSeveral = base.settings().claimsSeveral();
    this.timesRuns = base.settings().jobTimeout().isPresent();
  }

  /**
   * The next work for a worker, already started; waits for it. Null when the worker has waited as
   * long as it may ({@link Parker#sleep}), is to leave for a worker of another source, or is to
   * end, because all that was accepted has settled or because the pool is stopped.
   */
  public @Nullable Work<J, R> next(WorkerThread<J, R> worker) {
    Work<J, R> work = find(worker);
    if (work == null) {
      worker.recyclePolicy().restBegins();
      while (work == null && rest(worker)) {
        work = find(worker);
      }
      if (worker.parker().endsSearch()) {
        idleWorkers.endSearch();
      }
      if (mayHaveWorkForAny() || othersHoldJobs()) {
        idleWorkers.signal();
      }
      if (timesRuns && work != null) {
        ringBell(); // the supervisor may have dozed while all slept
      }
    }
    return work;
  }

  /**
   * A batch of what a worker has started and what goes along with it; null when it has started a
   * job of a bulk call that has settled meanwhile.
   */
  @Nullable Batch<J, R> gather(WorkerThread<J, R> worker, Work<J, R> first) {
    try (var _ = base.hold()) {
      int slot = worker.slot().index();
      long most = life.isStopped() ? 1 : worker.recyclePolicy().remaining();
      Batch<J, R> batch = batches.gather(first, slot, worker.claimed(), most);
      if (batch != null) {
        int counted = first instanceof BulkCall ? 0 : 1;
        worker.counters().batchStarted(batch.size() - counted, batch.size());
        worker.runner().setServing(batch);
        queue.started(worker.counters().takeNewlyStarted());
      }
      return batch;
    }
  }

  /**
   * Takes a job whose run has failed out of its bulk call: from now on the worker holds it as a
   * submitted one. Null when it had settled.
   */
  @Nullable PlaceFuture<J, R> takeOut(
      WorkerThread<J, R> worker, BulkCall<J, R> bulk, int position) {
    try (var _ = base.hold()) {
      PlaceFuture<J, R> place = batches.takeOut(bulk, worker.slot().index(), position);
      if (place != null) {
        worker.counters().jobStarted();
        worker.claimed().hold(place);
        queue.started(worker.counters().takeNewlyStarted());
      }
      return place;
    }
  }

  private void ringBell() {
    try (var _ = base.hold()) {
      base.bell().ring();
    }
  }

  /** The last resort, when this has thrown: the worker neither sleeps nor searches. */
  void giveUp(WorkerThread<J, R> worker) {
    try (var _ = base.hold()) {
      idleWorkers.wake(worker.parker());
    }
    if (worker.parker().endsSearch()) {
      idleWorkers.endSearch();
    }
    idleWorkers.signal(); // somebody may have left work to it
  }

  // Under the lock:

  /** A worker serves its slot no longer: others may do what it was to do next. */
  void workerLeft(Slot<J, R> slot) {
    queue.workerLeft(slot.index());
  }

  /** A settled run has returned: it holds its keys no longer, if it was abandoned. */
  void freeKeys(Slot<J, R> slot, Work<J, R> work) {
    if (slot.queue().holdsKeys()) {
      work.keyHolders().forEach(slot.queue()::freeKey);
      slot.queue().wake(idleWorkers);
    }
  }

  // What there is

  /** Whether no job may be started for now. */
  boolean isPaused() {
    return delayed.isPaused();
  }

  private boolean mayHaveWorkForAny() {
    return (queue.hasJobs() || bulkCalls.mayHaveWork()) && !isPaused();
  }

  private boolean mayHaveWork(WorkerThread<J, R> worker) {
    return mayHaveWorkForAny() || (worker.slot().queue().mayHaveWork() && !isPaused());
  }

  private boolean othersHoldJobs() {
    if (claimsSeveral && !isPaused()) {
      for (Slot<J, R> slot : slots) {
        if (slot.thread().claimed().hasWaiting()) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a worker that goes through a bulk call would find other work, without a look. */
  boolean hasOther(WorkerThread<J, R> worker) {
    return queue.hasJobs() || worker.claimed().hasMore() || worker.slot().queue().hasSolo();
  }

  /** Whether it is to look for other work in between. */
  boolean othersWait(WorkerThread<J, R> worker) {
    return hasOther(worker)
        || worker.slot().queue().mayHaveWork()
        || bulkCalls.areSeveral()
        || (worker.claimSize().isRoundDue() && othersAreStuck(worker))
        || life.isStopped();
  }

  private boolean othersAreStuck(WorkerThread<J, R> worker) {
    if (claimsSeveral) {
      for (Slot<J, R> slot : slots) {
        WorkerThread<J, R> other = slot.thread();
        if (worker.claimSize().isStuck(other.counters()) && other.claimed().hasWaiting()) {
          return true;
        }
      }
    }
    return false;
  }

  // Finding

  private @Nullable Work<J, R> find(WorkerThread<J, R> worker) {
    if (isPaused()) {
      return null;
    }
    boolean slowPath = bulkCalls.mayHaveWork() || worker.slot().queue().mayHaveWork();
    boolean atOnce = slowPath && worker.slot().queue().hasSolo();
    Work<J, R> work =
        !atOnce && worker.claimSize().beginsRound() ? startFromOthers(worker, true) : null;
    if (work == null && slowPath && (atOnce || worker.takesSlowTurn())) {
      work = startSlowly(worker);
    }
    while (work == null && (work = startNextClaimed(worker)) == null && queue.hasJobs()) {
      int most = worker.claimSize().sampleClock();
      take(worker, slowPath ? 1 : most);
    }
    if (work == null && slowPath) {
      work = startSlowly(worker);
    }
    return work == null ? startFromOthers(worker, false) : work;
  }

  private @Nullable JobFuture<J, R> startNextClaimed(WorkerThread<J, R> worker) {
    JobFuture<J, R> future;
    do {
      if (worker.claimed().hasMore() && life.isStopped()) {
        settler.endClaimed(worker);
      }
      future = worker.claimed().startNext();
    } while (future != null && !started(worker, future));
    return future;
  }

  private void take(WorkerThread<J, R> worker, int most) {
    int jobs = 1;
    if (most > 1 && claimsSeveral) {
      jobs = Math.clamp(queue.depth() / slots.size(), 1, most);
    }
    if (queue.take(worker.claimed(), jobs) > 1) {
      idleWorkers.signal(); // whoever falls asleep now sees the claims, or is seen here
    }
  }

  /** Starts what waits for the slot alone, or a job of a bulk call; the two take turns. */
  private @Nullable Work<J, R> startSlowly(WorkerThread<J, R> worker) {
    Work<J, R> work;
    try (var _ = base.hold()) {
      if (life.isStopped()) { // what waits is being settled, in portions
        return null;
      }
      Slot<J, R> slot = worker.slot();
      work = !slot.queue().hasSolo() && worker.takesBulkTurn() ? startInBulkCall(worker) : null;
      if (work == null && (work = slot.queue().startNext(worker.claimed())) == null) {
        work = startInBulkCall(worker);
      }
      if (work == null) {
        slot.queue().updateMayHaveWork();
      }
    }
    if (work != null) {
      int _ = worker.claimSize().sampleClock();
    }
    return work instanceof JobFuture<J, R> future && !started(worker, future) ? null : work;
  }

  /** Under the lock, so that whoever stops the pool or the call sees whom it is to stop. */
  private @Nullable BulkCall<J, R> startInBulkCall(WorkerThread<J, R> worker) {
    BulkCall<J, R> bulk = bulkCalls.startNext(worker.slot().index());
    if (bulk != null) {
      worker.runner().setServing(bulk);
    }
    return bulk;
  }

  /** Starts a job that another worker has taken; only of such as are stuck, if so asked. */
  private @Nullable JobFuture<J, R> startFromOthers(WorkerThread<J, R> worker, boolean stuck) {
    for (int i = 1; claimsSeveral && i < slots.size(); i++) {
      WorkerThread<J, R> other = slots.get((worker.slot().index() + i) % slots.size()).thread();
      if (!stuck || worker.claimSize().isStuck(other.counters())) {
        JobFuture<J, R> future = worker.claimed().startFrom(other.claimed());
        if (future != null && started(worker, future)) {
          int _ = worker.claimSize().sampleClock();
          return future;
        }
      }
    }
    return null;
  }

  /** Counts a job that the worker has started; false when the pool was stopped meanwhile. */
  private boolean started(WorkerThread<J, R> worker, JobFuture<J, R> future) {
    worker.counters().jobStarted();
    if (queue.submittersWait()) {
      tellRoom(worker);
    }
    if (life.isStopped()) {
      settler.cancelStartedLate(worker, future);
      return false;
    }
    return true;
  }

  private void tellRoom(WorkerThread<J, R> worker) {
    try (var _ = base.hold()) {
      queue.started(worker.counters().takeNewlyStarted());
    }
  }

  // Resting

  /** Waits for work; false when the worker is to end, or has waited as long as it may. */
  private boolean rest(WorkerThread<J, R> worker) {
    Parker parker = worker.parker();
    if (parker.becomesSearcher(idleWorkers) && spinUntilWork(worker) && !life.isStopped()) {
      return true;
    }
    try (var _ = base.hold()) {
      if (life.isStopped() || watch.noticesDrained() || worker.isOutdated()) {
        return false;
      }
      queue.started(worker.counters().takeNewlyStarted());
      idleWorkers.add(parker, parker.endsSearch());
      if (mayHaveWork(worker) || othersHoldJobs()) {
        idleWorkers.wake(parker);
        boolean _ =
            parker.becomesSearcher(idleWorkers); // whoever added it may have left it to a searcher
        return true;
      }
    }
    if (parker.sleep(worker.longestPark())) {
      return true;
    }
    try (var _ = base.hold()) {
      idleWorkers.wake(parker);
    }
    return false;
  }

  private boolean spinUntilWork(WorkerThread<J, R> worker) {
    int spins = worker.parker().sleptBriefly() ? SPINS : FEW_SPINS;
    for (int i = 1; i <= spins; i++) {
      if (mayHaveWork(worker) || (i % SPINS_PER_CHECK_OF_CLAIMS == 0 && othersHoldJobs())) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }
}
