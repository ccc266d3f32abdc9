package pool.core.internal.worker;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.core.internal.batch.Batch;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.Work;

/** The runs of a worker that somebody wants to know of. The worker's thread. */
public final class ObservedRuns<J, R> {

  private final PoolEvents events;
  private final String worker;
  private final int slot;
  private final BooleanSupplier isAbandoned;

  private PoolEvents.@Nullable Ran last; // yet to be told

  public ObservedRuns(PoolEvents events, String worker, int slot, BooleanSupplier isAbandoned) {
    this.events = events;
    this.worker = worker;
    this.slot = slot;
    this.isAbandoned = isAbandoned;
  }

  @Nullable R run(Worker<J, R> ready, Work<J, R> work, J job) throws Exception {
    return time(work, job, 1, () -> ready.run(job), () -> work.isRunningSettled(slot));
  }

  /** The same for a batch: one run. */
  void runAll(BatchWorker<J, R> ready, Batch<J, R> batch, BatchWorker.Results<R> results)
      throws Exception {
    Object shown = Objects.requireNonNull(batch.runningJob(slot));
    Object _ =
        time(
            batch,
            shown,
            batch.size(),
            () -> {
              ready.runAll(batch.jobs(), results);
              return null;
            },
            () -> isDropped(batch));
  }

  private boolean isDropped(Batch<J, R> batch) {
    return !batch.parts().isEmpty()
        && batch.parts().stream().allMatch(future -> future.isRunningSettled(slot));
  }

  private <T> @Nullable T time(
      Work<J, R> work, Object shown, int jobs, Callable<@Nullable T> run, BooleanSupplier isDropped)
      throws Exception {
    tell();
    PoolEvents.Timing timing = events.runs(worker);
    long waited = work.waitedUntil(timing.began());
    Throwable failure = null;
    try {
      return run.call();
    } catch (Throwable e) {
      failure = e;
      throw e;
    } finally {
      boolean dropped = isAbandoned.getAsBoolean() || isDropped.getAsBoolean();
      last = ran(timing, shown, jobs, waited, failure, dropped);
    }
  }

  private PoolEvents.@Nullable Ran ran(
      PoolEvents.Timing timing,
      Object job,
      int jobs,
      long waited,
      @Nullable Throwable failure,
      boolean dropped) {
    try {
      return timing.ran(worker, job, jobs, waited, failure, dropped);
    } catch (Throwable e) { // lost, but the run has ended as it has
      return null;
    }
  }

  /** Tells of the last, whose job has settled: it may be asked for its text. */
  public void tell() {
    PoolEvents.Ran ran = last;
    if (ran != null) {
      last = null;
      events.ran(ran);
    }
  }
}
