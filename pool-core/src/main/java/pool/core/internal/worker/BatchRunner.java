package pool.core.internal.worker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.core.JobContext;
import pool.core.internal.batch.Batch;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.life.Base;
import pool.core.internal.life.NestedContexts;
import pool.core.internal.util.Interrupts;

/**
 * Runs batches with a worker, within the contexts of their jobs. Each is a {@link Run}. Used by the
 * worker's thread, and by no other.
 */
final class BatchRunner<J, R> {

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
    Run run = new Run(batch);
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

  /** Settles a job as its run has ended, within its context; false when it had been settled. */
  private boolean settle(JobFuture<J, R> future, @Nullable R result, @Nullable Throwable failure) {
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

  /**
   * One run of a batch: takes what the worker tells of its jobs, and settles, when the run has
   * returned, those of which it has told nothing.
   */
  private final class Run implements BatchWorker.Results<R> {

    private final Thread worker = Thread.currentThread();
    private final Batch<J, R> batch;
    private final boolean[] isTold;
    // By key, the first job of which later was told, and the first that was put off:
    private Map<Integer, Integer> firstsLater = Map.of();
    private Map<Integer, Integer> firstsPutOff = Map.of();
    private boolean isOver;
    private @Nullable Throwable failure;
    private boolean isLater; // what it threw says so
    private int waitAgain; // jobs, for which the run was not

    Run(Batch<J, R> batch) {
      this.batch = batch;
      this.isTold = new boolean[batch.size()];
    }

    @Override
    public void succeeded(int index, @Nullable R result) {
      tell(index, result, null);
    }

    @Override
    public void failed(int index, Throwable cause) {
      Objects.requireNonNull(cause, "cause");
      tell(index, null, cause);
    }

    private void tell(int index, @Nullable R result, @Nullable Throwable failure) {
      Objects.checkIndex(index, isTold.length);
      if (Thread.currentThread() != worker) {
        throw misuse(index, "on another thread");
      }
      if (isOver) {
        throw misuse(index, "after runAll had returned");
      }
      if (isTold[index]) {
        throw misuse(index, "before");
      }
      isTold[index] = true;
      boolean wasInterrupted = stop.wasInterrupted(); // then it has seen that
      boolean isInterrupted = Thread.interrupted(); // whatever is chained to the job finds no flag
      if (failure == null || !isPutOff(index, failure)) {
        boolean _ = settle(batch.future(index), result, failure);
      }
      stopIfForNothing();
      boolean _ = Thread.interrupted(); // nor is one for the run that something chained has left
      if (isInterrupted || (stop.wasStopped() && !wasInterrupted)) {
        worker.interrupt();
      }
    }

    private void stopIfForNothing() {
      if (batch.isStopWanted()) {
        try (var _ = base.hold()) {
          settler.stopIfForNothing(thread, batch);
        }
      }
    }

    /**
     * Puts a job off if that failure says so; false if it does not, or the job may not be put off:
     * it has settled, or has no retries left. The worker cannot know that, and may leave later jobs
     * of the key untold all the same.
     */
    private boolean isPutOff(int index, Throwable failure) {
      if (!retries.isLater(failure)) {
        return false;
      }
      JobFuture<J, R> future = batch.future(index);
      firstsLater = withFirst(firstsLater, future, index);
      boolean isPutOff = retries.putOff(site, batch, List.of(future), failure).isEmpty();
      if (isPutOff) {
        firstsPutOff = withFirst(firstsPutOff, future, index);
      }
      return isPutOff;
    }

    /** Notes a job, if it has a key; most batches have nothing to note. */
    private Map<Integer, Integer> withFirst(
        Map<Integer, Integer> firsts, JobFuture<J, R> future, int index) {
      if (!(future instanceof KeyedFuture<J, R> keyed)) {
        return firsts;
      }
      Map<Integer, Integer> noted = firsts.isEmpty() ? new HashMap<>() : firsts;
      int _ = noted.merge(keyed.key(), index, Math::min);
      return noted;
    }

    private IllegalStateException misuse(int index, String how) {
      return new IllegalStateException(
          "job %d of the batch of %d was told %s; %s tells each once, in runAll, on its own thread"
              .formatted(index, isTold.length, how, site.worker()));
    }

    /** The run throws that, and is not yet over: to judge it may be foreign code. */
    void threw(Throwable thrown) {
      failure = thrown;
      isLater = !isRolledBack() && retries.isLater(cause(thrown));
    }

    private boolean isRolledBack() {
      return failure instanceof BatchRolledBackException && batch.size() > 1;
    }

    /** For how many jobs it was: the others wait again. */
    int ran() {
      return isTold.length - waitAgain;
    }

    /** The run has returned, or thrown: settles what was not told. */
    void returned() {
      isOver = true;
      List<JobFuture<J, R>> untold = batch.unsettled(site.slot());
      if (failure == null) { // else it may have begun any of them
        untold = waitBehind(firstsLater, untold);
      }
      if (isRolledBack()) {
        untold = waitBehind(firstsPutOff, untold);
        waitAgain += untold.size();
        retries.rollBack(site, untold);
        return;
      }
      Throwable cause = failure == null ? null : cause(failure);
      if (cause != null && isLater) {
        untold = retries.putOff(site, batch, untold, cause);
      }
      if (failure != null) {
        int before = untold.size();
        untold = retries.requeue(site, batch, untold, failure);
        waitAgain += before - untold.size();
      }
      for (JobFuture<J, R> future : untold) {
        boolean _ = settle(future, null, cause == null ? untold(future) : cause);
      }
    }

    /** Jobs that come after those of their keys wait behind them; returns the others. */
    private List<JobFuture<J, R>> waitBehind(
        Map<Integer, Integer> firsts, List<JobFuture<J, R>> untold) {
      if (firsts.isEmpty()) {
        return untold;
      }
      List<KeyedFuture<J, R>> behind = new ArrayList<>();
      List<JobFuture<J, R>> others = new ArrayList<>();
      for (JobFuture<J, R> future : untold) {
        if (future instanceof KeyedFuture<J, R> keyed
            && firsts.getOrDefault(keyed.key(), isTold.length) < batch.indexOf(keyed)) {
          behind.add(keyed);
        } else {
          others.add(future);
        }
      }
      waitAgain += behind.size();
      retries.waitBehind(site, batch, behind);
      return others;
    }

    private static Throwable cause(Throwable failure) {
      return failure instanceof BatchRolledBackException rolledBack
          ? Objects.requireNonNull(rolledBack.getCause())
          : failure;
    }

    private IllegalStateException untold(JobFuture<J, R> future) {
      return new IllegalStateException(
          "%s returned from runAll without telling what became of job %d of the batch of %d"
              .formatted(site.worker(), batch.indexOf(future), isTold.length));
    }
  }
}
