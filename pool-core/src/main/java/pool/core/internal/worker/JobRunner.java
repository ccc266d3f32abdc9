package pool.core.internal.worker;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.core.JobContext;
import pool.core.internal.batch.Batch;
import pool.core.internal.batch.BatchRun;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkRanges;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.job.RunPart;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.life.NestedContexts;
import pool.core.internal.util.Interrupts;

/**
 * Runs jobs with a worker, and lets a run be stopped from another thread.
 *
 * <p><b>The end of a run</b> is one compare-and-set, of the future's word or of the share of a bulk
 * call. If the worker loses it, somebody has settled the job, and only then may somebody be
 * stopping the run.
 *
 * <p>In a batch each job ends so, and whatever settles the last is what ends the run.
 *
 * <p><b>Stopping a run</b> is a handshake, which {@link RunStop} has.
 *
 * <p>A worker looks whether its job has settled, and then publishes that it runs it. A canceller
 * has settled the job, and waits for what the worker publishes next: that it runs the job, or that
 * it has let go of it. So no run that begins is missed, and none is stopped that there is not;
 * between the two the worker may wait for the lock, but calls no foreign code. A fence for each run
 * would cost every job what only a cancelled one needs.
 */
public final class JobRunner<J, R> implements BatchRun.Host<J, R> {

  private static final int SPINS = 100;
  private static final long LOOK_NANOS = 50_000;

  private final Base base;
  private final WorkerThread<J, R> thread;
  private final int slot;
  private final String pool;
  private final PoolEvents events;
  private final @Nullable JobContext contexts; // all of them
  private final Dispatcher<J, R> dispatcher;
  private final JobSettler<J, R> settler;
  private final JobRetries<J, R> retries;
  private final RunStop stop;
  private final TimedRuns<J, R> timedRuns;
  private final RunSite<J, R> site;
  private final ThreadTraits traits;

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
    this.contexts = NestedContexts.of(base.settings().contexts());
    this.dispatcher = dispatcher;
    this.settler = settler;
    this.retries = retries;
    this.stop = new RunStop(base, thread.thread(), thread.slot().name(), thread::isGone);
    this.traits = new ThreadTraits(thread.thread());
    this.site =
        new RunSite<>(
            slot, thread.slot().name(), thread.slot().queue(), thread.counters(), thread.claimed());
    this.timedRuns = new TimedRuns<>(base.events(), thread.slot().name(), slot);
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
  void serves(Work<J, R> work) {
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
    timedRuns.tell();
    return failure;
  }

  private @Nullable Throwable run(Worker<J, R> ready, JobFuture<J, R> future) {
    JobContext.Scope scope =
        contexts != null ? future.scope() : null; // what is asked of each costs
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
                ? timedRuns.run(ready, future, future.job())
                : ready.run(future.job());
      } catch (Throwable e) {
        failure = e;
        isLater = retries.isLater(e); // within the run, since that may be foreign code
      }
      thread.counters().runReturned();
      traits.restore();
    }
    settle(future, result, failure, isLater);
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
    return timed ? timedRuns.run(ready, bulk, job) : ready.run(job);
  }

  /** The worker with what contexts put around a batch. */
  private BatchWorker<J, R> around(
      JobContext batchContext, BatchWorker<J, R> ready, Batch<J, R> batch) {
    List<JobContext.Scope> scopes =
        batch.parts().stream()
            .map(future -> Objects.requireNonNullElse(future.scope(), JobContext.Scope.NONE))
            .toList();
    return (jobs, results) -> {
      Object _ =
          ScopedCall.callWithin(
              run -> batchContext.aroundBatch(scopes, run),
              pool,
              () ->
                  stop.callWorker(() -> {
                    ready.runAll(jobs, results);
                    return null;
                  }));
    };
  }

  private @Nullable Throwable run(BatchWorker<J, R> several, Batch<J, R> batch) {
    JobContext context =
        batch.parts().stream().anyMatch(future -> future.scope() != null) ? contexts : null;
    BatchWorker<J, R> ready = context == null ? several : around(context, several, batch);
    BatchRun<J, R> run = new BatchRun<>(batch, slot, this);
    Throwable failure = null;
    Interrupts.clear();
    boolean runs = batch.isRunning(slot);
    if (runs) {
      if (context != null) {
        stop.beginContext();
      }
      thread.counters().runBegins();
      try {
        if (events.timesJobs()) {
          timedRuns.runAll(ready, batch, run);
        } else {
          ready.runAll(batch.jobs(), run);
        }
      } catch (Throwable e) {
        failure = e;
        run.threw(e);
      }
      thread.counters().runReturned();
      traits.restore();
    }
    run.returned();
    traits.restore(); // what contexts have left
    if (runs) {
      thread.counters().batchRan(run.ran());
    }
    letGo(batch);
    if (context != null) {
      stop.endContext();
    }
    return failure;
  }

  private int failed(BulkCall<J, R> bulk, int position, Throwable failure, boolean isLater) {
    if (retries.runsAgain(site, bulk, position, failure, isLater)) {
      return BulkRanges.LEFT;
    }
    return settler.failRun(thread, bulk, position, failure) ? BulkRanges.LEFT : BulkRanges.LOST;
  }

  // A batch

  @Override
  public String name() {
    return thread.slot().name();
  }

  @Override
  public boolean settle(JobFuture<J, R> future, @Nullable R result, @Nullable Throwable failure) {
    JobContext.Scope scope = future.scope();
    if (scope == null) {
      return settler.settleRun(thread, future, result, failure);
    }
    ScopedCall<Boolean> call =
        new ScopedCall<>(() -> settler.settleRun(thread, future, result, failure));
    Throwable _ = call.runIn(scope, pool);
    return call.hasRun()
        ? Boolean.TRUE.equals(call.result())
        : settler.settleRun(thread, future, result, failure); // it is told all the same
  }

  @Override
  public boolean isStopped() {
    return stop.wasStopped();
  }

  @Override
  public boolean wasInterrupted() {
    return stop.wasInterrupted();
  }

  @Override
  public void told(Batch<J, R> batch) {
    if (batch.isStopWanted()) {
      try (var _ = base.hold()) {
        settler.stopIfForNothing(thread, batch);
      }
    }
  }

  @Override
  public boolean isBroken(Throwable failure) {
    return RetryPolicy.breaksWorker(failure);
  }

  @Override
  public List<JobFuture<J, R>> requeue(
      Batch<J, R> batch, List<JobFuture<J, R>> jobs, Throwable cause) {
    return retries.requeue(site, batch, jobs, batch.isForSlot(), cause);
  }

  @Override
  public void rollBack(List<JobFuture<J, R>> jobs) {
    retries.rollBack(site, jobs);
  }

  @Override
  public boolean isLater(Throwable failure) {
    return retries.isLater(failure);
  }

  @Override
  public List<JobFuture<J, R>> putOff(
      Batch<J, R> batch, List<JobFuture<J, R>> jobs, Throwable cause) {
    return retries.putOff(site, batch, jobs, cause);
  }

  @Override
  public void waitBehind(Batch<J, R> batch, List<KeyedFuture<J, R>> jobs) {
    retries.waitBehind(site, batch, jobs);
  }

  private void letGo(Batch<J, R> batch) {
    try (var _ = base.hold()) {
      serving = null;
      letGo((Work<J, R>) batch);
      settler.noticeSettled();
    }
    Interrupts.clear();
  }

  /** Whether it is to look for other work before it goes on with a bulk call. */
  private boolean leaves() {
    if (thread.isSpent() || dispatcher.isPaused()) {
      return true;
    }
    if (!thread.claimSize().isSampleDue()) {
      return false;
    }
    int _ = thread.claimSize().sampleClock();
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

  /** Somebody has settled the job before its run returned. */
  private void settledBefore(Work<J, R> work, @Nullable Throwable failure) {
    try (var _ = base.hold()) {
      if (failure != null) {
        thread.counters().failedInVain();
      }
      letGo(work);
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
      letGo(batch);
    }
    try (var _ = base.hold()) { // an abandoned worker serves none: the share is its successor's
      if (serving instanceof BulkCall<J, R> bulk
          && bulk.position(slot) >= 0
          && !settler.failRun(thread, bulk, bulk.position(slot), cause)) {
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
    Interrupts.clear();
  }

  /** Whether a run was stopped since this was last asked. */
  boolean takeWasStopped() {
    return stop.takeWasStopped();
  }

  // The worker's thread, under the lock:

  /** Lets go of a settled job that does not run any more, when its canceller is done. */
  void letGo(Work<J, R> work) {
    settler.freeKeys(thread.slot(), work);
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

  /** Whether the run with that number is on the stack. */
  boolean runs(long number) {
    return thread.counters().sequence() == number;
  }

  /** The job of its run has timed out, or had been settled and runs on for too long. */
  void markLate() {
    stop.markLate();
  }

  /** Whether its run has lasted too long and has not come back for so long since. */
  public boolean isLateFor(long nanos) {
    return stop.isLateFor(nanos);
  }

  /** The worker is abandoned: its share of a bulk call is free for its successor. */
  public void abandoned() {
    Work<J, R> work = settled();
    serving = null;
    if (work != null) {
      work.settledRunAbandoned(slot);
    }
  }

  /** The thread that is in its worker's {@code cancel}; null when there is none. */
  public @Nullable Thread cancellingThread() {
    return stop.cancellingThread();
  }

  // A canceller's thread

  private boolean isInRun() {
    return WorkerCounters.isRun(thread.counters().sequence());
  }

  /** Unblocks the run of a settled job, if it is still under way. */
  @SuppressWarnings("ReferenceEquality") // it is about that very work
  void stop(Work<J, R> work) {
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
    stop.stop(running);
  }
}
