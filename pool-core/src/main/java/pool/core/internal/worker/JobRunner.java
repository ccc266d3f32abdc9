package pool.core.internal.worker;

import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.core.JobContext;
import pool.core.internal.batch.Batch;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkRanges;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.RunPart;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.util.Interrupts;

/**
 * Runs jobs with a worker, and lets a run be stopped from another thread.
 *
 * <p><b>The end of a run</b> is one compare-and-set, of the future's word or of the share of a bulk
 * call; a job of a bulk call that has failed is first taken out of its share, by another. If the
 * worker loses it, somebody has settled the job, and only then may somebody be stopping the run.
 *
 * <p>In a batch ({@link BatchRunner}) each job ends so; its run is stopped only once none is left
 * unsettled.
 *
 * <p><b>Stopping a run</b> is a handshake, which {@link RunStop} has.
 *
 * <p>A worker looks whether its job has settled, and then publishes that it runs it. A canceller
 * has settled the job, and waits for what the worker publishes next: that it runs the job, or that
 * it has let go of it. So no run that begins is missed, and none is stopped that there is not;
 * between the two the worker may wait for the lock, but calls no foreign code. A fence for each run
 * would cost every job what only a cancelled one needs.
 */
public final class JobRunner<J, R> {

  private static final int SPINS = 100;
  private static final long LOOK_NANOS = 50_000;

  private final Base base;
  private final WorkerThread<J, R> thread;
  private final int slot;
  private final String pool;
  private final PoolEvents events;
  private final boolean hasContexts; // asked first, since a job's scope is a virtual call
  private final Dispatcher<J, R> dispatcher;
  private final JobSettler<J, R> settler;
  private final JobRetries<J, R> retries;
  private final RunStop stop;
  private final ObservedRuns<J, R> observedRuns;
  private final RunSite<J, R> site;
  private final ThreadTraits traits;
  private final BatchRunner<J, R> batchRunner;

  // Changed under the lock:
  private volatile @Nullable Work<J, R> serving; // a bulk call or a batch
  private @Nullable Worker<J, R> worker;
  private @Nullable BatchWorker<J, R> batchWorker; // the same, if it does several jobs together

  JobRunner(
      Base base,
      WorkerThread<J, R> thread,
      Dispatcher<J, R> dispatcher,
      JobSettler<J, R> settler,
      JobRetries<J, R> retries) {
    this.base = base;
    this.thread = thread;
    this.slot = thread.slot().index();
    this.pool = base.settings().name();
    this.events = base.events();
    this.hasContexts = !base.settings().contexts().isEmpty();
    this.dispatcher = dispatcher;
    this.settler = settler;
    this.retries = retries;
    this.stop = new RunStop(base, thread.thread(), thread.slot().name(), thread::isGone);
    this.traits = new ThreadTraits(thread.thread());
    this.site = new RunSite<>(slot, thread.slot().name(), thread.counters(), thread.claimed());
    this.observedRuns =
        new ObservedRuns<>(base.events(), thread.slot().name(), slot, thread::isGone);
    this.batchRunner =
        new BatchRunner<>(base, thread, site, settler, retries, stop, observedRuns, traits);
  }

  // The worker's thread

  /** A worker was opened. Under the lock. */
  void opened(Worker<J, R> ready) {
    worker = ready;
    batchWorker = ready instanceof BatchWorker<J, R> several ? several : null;
    stop.reset();
    traits.note();
  }

  /** A job of a bulk call was started, or the jobs of a batch. Under the lock. */
  void setServing(Work<J, R> work) {
    serving = work;
  }

  /** Runs a job, a batch, or as many of a bulk call as it may; returns what the last run threw. */
  @Nullable Throwable run(Worker<J, R> ready, Work<J, R> work) {
    BatchWorker<J, R> several = batchWorker;
    Batch<J, R> batch = several == null ? null : dispatcher.gather(thread, work);
    Throwable failure;
    if (several != null && batch != null) {
      failure = run(several, batch);
    } else {
      failure =
          work instanceof JobFuture<J, R> future // a switch is measurably slower
              ? run(ready, future)
              : run(ready, (BulkCall<J, R>) work);
    }
    observedRuns.tell();
    return failure;
  }

  private @Nullable Throwable run(Worker<J, R> ready, JobFuture<J, R> future) {
    JobContext.Scope scope = hasContexts ? future.scope() : null;
    return scope == null ? run(ready, future, begins(future)) : runIn(scope, ready, future);
  }

  private boolean begins(JobFuture<J, R> future) {
    Interrupts.clear();
    if (!future.isRunning(slot)) { // whoever settles it after this looks whether it runs
      return false;
    }
    thread.counters().runBegins();
    return true;
  }

  /** What is chained to the job runs in its context, too. */
  private @Nullable Throwable runIn(
      JobContext.Scope scope, Worker<J, R> ready, JobFuture<J, R> future) {
    Worker<J, R> within = around(scope, ready);
    ScopedCall<Throwable> call = new ScopedCall<>(() -> run(within, future, true));
    stop.beginContext();
    if (!begins(future)) {
      stop.endContext();
      return run(ready, future, false);
    }
    Throwable failure = call.runIn(scope, pool);
    if (call.hasRun()) {
      failure = call.result();
    } else { // what the context throws counts as thrown by the job
      boolean isLater = retries.isLater(Objects.requireNonNull(failure));
      thread.counters().runReturned();
      settle(future, null, failure, isLater);
    }
    stop.endContext();
    traits.restore(); // what the context has left
    return failure;
  }

  /** The worker with what a context puts around its runs. */
  private Worker<J, R> around(JobContext.Scope scope, Worker<J, R> ready) {
    return job ->
        ScopedCall.callWithin(scope::around, pool, () -> stop.callWorker(() -> ready.run(job)));
  }

  /**
   * Runs a job and settles it.
   *
   * @param runs whether its run has begun; else it has settled before
   */
  @SuppressWarnings("NullAway") // a result may be null
  private @Nullable Throwable run(Worker<J, R> ready, JobFuture<J, R> future, boolean runs) {
    R result = null;
    Throwable failure = null;
    boolean isLater = false;
    if (runs) {
      try {
        result =
            events.timesJobs()
                ? observedRuns.run(ready, future, future.job())
                : ready.run(future.job());
      } catch (Throwable e) {
        failure = e;
        isLater = retries.isLater(e); // within the run, since that may be foreign code
      }
      thread.counters().runReturned();
      traits.restore();
    }
    settle(future, result, failure, isLater);
    traits.restore(); // what was called back has left
    return failure;
  }

  /** Unless the job is run again. */
  private void settle(
      JobFuture<J, R> future, @Nullable R result, @Nullable Throwable failure, boolean isLater) {
    if (failure != null && retries.runsAgain(site, future, failure, isLater)) {
      return;
    }
    if (settler.settleRun(thread, future, result, failure)) {
      thread.claimed().done();
    } else {
      settledBefore(future, failure);
    }
  }

  private @Nullable Throwable run(Worker<J, R> ready, BulkCall<J, R> bulk) {
    WorkerCounters counters = thread.counters(); // so that it is not read again after each job
    boolean timed = events.timesJobs();
    JobContext.Scope scope = bulk.scope();
    Worker<J, R> within = scope == null ? ready : around(scope, ready);
    Throwable failure = null;
    boolean isLater = false;
    if (scope != null) {
      stop.beginContext();
    }
    int position = bulk.position(slot);
    while (position >= 0) {
      R result = null;
      Interrupts.clear();
      if (bulk.isRunning(slot, position)) {
        counters.runBegins();
        try {
          J job = bulk.job(slot, position);
          result =
              scope != null
                  ? ScopedCall.call(scope, pool, () -> run(within, bulk, job, timed))
                  : run(ready, bulk, job, timed);
        } catch (Throwable e) {
          failure = e;
          isLater = retries.isLater(e);
        }
        counters.runReturned();
        traits.restore();
      }
      position =
          failure == null
              ? bulk.succeeded(slot, position, result, leaves())
              : failed(bulk, position, failure, isLater);
    }
    if (position == BulkRanges.LOST) {
      settledBefore(bulk, failure);
    }
    if (scope != null) {
      stop.endContext();
    }
    leave();
    return failure;
  }

  private @Nullable R run(Worker<J, R> ready, BulkCall<J, R> bulk, J job, boolean timed)
      throws Exception {
    return timed ? observedRuns.run(ready, bulk, job) : ready.run(job);
  }

  /** The job leaves its bulk call, and fails or is run again, as a submitted one. */
  private int failed(BulkCall<J, R> bulk, int position, Throwable failure, boolean isLater) {
    PlaceFuture<J, R> place = dispatcher.takeOut(thread, bulk, position);
    if (place == null) {
      return BulkRanges.LOST;
    }
    settle(place, null, failure, isLater);
    return BulkRanges.LEFT;
  }

  /** Whether it is to look for other work before it goes on with a bulk call. */
  private boolean leaves() {
    if (thread.isSpent() || dispatcher.isPaused()) {
      return true;
    }
    ClaimSize size = thread.claimSize();
    boolean isDue =
        size.isSampleDue()
            || (size.isGlanceDue() && dispatcher.hasOther(thread) && size.isSampleLate());
    if (!isDue) {
      return false;
    }
    int _ = size.sampleClock();
    return dispatcher.othersWait(thread);
  }

  private void leave() {
    try (var _ = base.hold()) {
      Work<J, R> served = serving;
      serving = null;
      if (served instanceof BulkCall<J, R> bulk) {
        settler.endIfFailed(bulk);
      }
      settler.noticeSettled();
    }
  }

  private @Nullable Throwable run(BatchWorker<J, R> several, Batch<J, R> batch) {
    Throwable failure = batchRunner.run(several, batch);
    endBatch(batch);
    stop.endContext(); // if it was in one
    return failure;
  }

  private void endBatch(Batch<J, R> batch) {
    try (var _ = base.hold()) {
      serving = null;
      runIsOver(batch);
      settler.noticeSettled();
    }
    Interrupts.clear();
  }

  /** Somebody has settled the job before its run returned. */
  private void settledBefore(Work<J, R> work, @Nullable Throwable failure) {
    try (var _ = base.hold()) {
      if (failure != null) {
        thread.counters().failedInVain();
      }
      runIsOver(work);
    }
    Interrupts.clear();
  }

  /**
   * The last resort, when the pool's own code has thrown: settles what the worker runs, as failed
   * with that, and lets go of it. May be called again when it throws itself.
   */
  void giveUp(Throwable cause) {
    if (isInRun()) {
      thread.counters().runReturned();
    }
    if (serving instanceof Batch<J, R> batch) {
      for (JobFuture<J, R> future : batch.parts()) {
        boolean _ = settler.settleRun(thread, future, null, cause);
      }
      endBatch(batch);
    }
    try (var _ = base.hold()) { // an abandoned worker serves none: the share is its successor's
      if (serving instanceof BulkCall<J, R> bulk
          && bulk.position(slot) >= 0
          && dispatcher.takeOut(thread, bulk, bulk.position(slot)) == null) {
        settledBefore(bulk, null);
      }
    }
    JobFuture<J, R> future = thread.claimed().current();
    if (future != null) {
      if (settler.settleRun(thread, future, null, cause) || future.hasEndedRun()) {
        thread.claimed().done();
      } else {
        settledBefore(future, null);
      }
    }
    leave();
    try (var _ = base.hold()) {
      stop.end();
    }
    stop.endContext();
    traits.restore();
    Interrupts.clear();
  }

  // The worker's thread, under the lock:

  /** A run has returned that ends its job no more; waits until its canceller is done. */
  void runIsOver(Work<J, R> work) {
    dispatcher.freeKeys(thread.slot(), work);
    for (RunPart<J, R> part : work.parts()) {
      if (part instanceof JobFuture<J, R> future && future.isRunningSettled(slot)) {
        thread.counters().jobDropped();
      }
    }
    thread.claimed().done();
    thread.counters().batchEnded();
    work.settledRunReturned(slot, thread.isGone());
    settler.runReturned();
    stop.end();
  }

  // Any thread; exact under the lock:

  /** What it runs a job for, though that may have settled; null when it runs nothing. */
  public @Nullable Work<J, R> current() {
    Work<J, R> served = serving;
    return served != null && (served.isRunning(slot) || served.isRunningSettled(slot))
        ? served
        : thread.claimed().current();
  }

  /** Whether it runs a job that has not settled. */
  public boolean isRunning() {
    Work<J, R> work = current();
    return work != null && work.isRunning(slot);
  }

  /** What it runs a job for that has settled; null when it runs none such. */
  public @Nullable Work<J, R> settled() {
    Work<J, R> work = current();
    return work != null && work.isRunningSettled(slot) ? work : null;
  }

  /** The worker is abandoned: its share of a bulk call is free for its successor. */
  public void abandoned() {
    Work<J, R> work = settled();
    serving = null;
    if (work != null) {
      work.settledRunAbandoned(slot);
    }
  }

  /** How its run is stopped. */
  public RunStop runStop() {
    return stop;
  }

  private boolean isInRun() {
    return WorkerCounters.isRun(thread.counters().sequence());
  }

  // A canceller's thread

  /** Unblocks the run of a settled job, if it is still under way. */
  @SuppressWarnings("ReferenceEquality") // it is about that very work
  void stopRun(Work<J, R> work) {
    for (int spins = 0; settled() == work && !isInRun(); spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else { // and no yield: virtual threads that yield may keep the worker from its carrier
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
    Worker<J, R> running;
    try (var _ = base.hold()) {
      if (settled() != work || worker == null || !isInRun() || !stop.announce()) {
        return; // it has returned, or is about to say so, or another stops it
      }
      running = worker;
    }
    stop.cancelAndInterrupt(running);
  }
}
