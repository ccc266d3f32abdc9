package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.api.Worker;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.worker.WorkerRuns;
import pool.core.internal.worker.WorkerThread;

/** A canceller against the worker that begins the run: what has begun is cancelled. */
@JCStressTest
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "It did not run.")
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It ran and was cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It ran on, or a run was cancelled that there was not.")
@State
public class StopAgainstBegin implements Worker<String, String> {

  private final PoolCore<String, String> core = Threadless.open(1, 4);
  private final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  private final JobFuture<String, String> future = core.queue.submit("job");
  private final Work<String, String> work = core.dispatcher.next(worker);

  private boolean hasRun;
  private volatile boolean isCancelled;
  private volatile boolean hasStopped;

  public StopAgainstBegin() {
    boolean _ = core.slotFiller.opened(worker, this, core.slotFiller.opens(worker));
  }

  @Override
  public String run(String job) {
    hasRun = true;
    Waits.until(() -> isCancelled || hasStopped);
    return job;
  }

  @Override
  public void cancel() {
    isCancelled = true;
  }

  @Actor
  public void worker(ZZ_Result r) {
    Throwable _ = WorkerRuns.run(worker, this, work);
    r.r1 = hasRun;
  }

  @Actor
  public void canceller(ZZ_Result r) {
    boolean _ = future.cancel(false);
    WorkerRuns.stop(worker, work);
    hasStopped = true;
    r.r2 = isCancelled;
  }
}
