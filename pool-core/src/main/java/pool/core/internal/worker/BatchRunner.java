package pool.core.internal.worker;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.core.JobContext;
import pool.core.internal.batch.Batch;
import pool.core.internal.batch.BatchRun;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.life.Base;
import pool.core.internal.life.NestedContexts;
import pool.core.internal.util.Interrupts;

/**
 * Runs batches with a worker, within the contexts of their jobs. A {@link BatchRun} takes what the
 * worker reports, and does here what that asks for. Used by the worker's thread, and by no other.
 */
final class BatchRunner<J, R> implements BatchRun.Host<J, R> {

  private final Base base;
  private final WorkerThread<J, R> thread;
  private final RunSite<J, R> site;
  private final String pool;
  private final @Nullable JobContext contexts; // all of them
  private final JobSettler<J, R> settler;
  private final JobRetries<J, R> retries;
  private final RunStop stop;
  private final ObservedRuns<J, R> observedRuns;
  private final ThreadTraits traits;

  BatchRunner(
      Base base,
      WorkerThread<J, R> thread,
      RunSite<J, R> site,
      JobSettler<J, R> settler,
      JobRetries<J, R> retries,
      RunStop stop,
      ObservedRuns<J, R> observedRuns,
      ThreadTraits traits) {
    this.base = base;
    this.thread = thread;
    this.site = site;
    this.pool = base.settings().name();
    this.contexts = NestedContexts.of(base.settings().contexts());
    this.settler = settler;
    this.retries = retries;
    this.stop = stop;
    this.observedRuns = observedRuns;
    this.traits = traits;
  }

  /**
   * Runs a batch, unless all of its jobs have settled, and settles what the worker did not report;
   * returns what {@code runAll} threw.
   */
  @Nullable Throwable run(BatchWorker<J, R> worker, Batch<J, R> batch) {
    JobContext context =
        batch.parts().stream().anyMatch(future -> future.scope() != null) ? contexts : null;
    BatchWorker<J, R> within = context == null ? worker : around(context, worker, batch);
    BatchRun<J, R> run = new BatchRun<>(batch, site.slot(), this);
    Throwable failure = null;
    Interrupts.clear();
    boolean runs = batch.isRunning(site.slot());
    if (runs) {
      if (context != null) {
        stop.beginContext();
      }
      site.counters().runBegins();
      try {
        if (base.events().timesJobs()) {
          observedRuns.runAll(within, batch, run);
        } else {
          within.runAll(batch.jobs(), run);
        }
      } catch (Throwable e) {
        failure = e;
        run.threw(e);
      }
      site.counters().runReturned();
      traits.restore();
    }
    run.returned();
    traits.restore(); // what contexts have left
    if (runs) {
      site.counters().batchRan(run.ran());
    }
    return failure;
  }

  /** The worker with what contexts put around a batch. */
  private BatchWorker<J, R> around(
      JobContext context, BatchWorker<J, R> worker, Batch<J, R> batch) {
    List<JobContext.Scope> scopes =
        batch.parts().stream()
            .map(future -> Objects.requireNonNullElse(future.scope(), JobContext.Scope.NONE))
            .toList();
    return (jobs, results) -> {
      Object _ =
          ScopedCall.callWithin(
              run -> context.aroundBatch(scopes, run),
              pool,
              () ->
                  stop.callWorker(() -> {
                    worker.runAll(jobs, results);
                    return null;
                  }));
    };
  }

  // What the run asks for

  @Override
  public String name() {
    return site.worker();
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
  public List<JobFuture<J, R>> requeue(
      Batch<J, R> batch, List<JobFuture<J, R>> jobs, Throwable cause) {
    return retries.requeue(site, batch, jobs, cause);
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
}
