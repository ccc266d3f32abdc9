package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import pool.core.PoolStats;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.util.TaskList;
import pool.core.internal.worker.WorkerRuns;
import pool.core.internal.worker.WorkerThread;

/**
 * The supervisor, for whom the time of a run is over, against the worker that runs it: it succeeds
 * or has timed out, and is counted as that alone.
 */
@JCStressTest
@Outcome(id = "SUCCESS, 1 = 1 \\+ 0", expect = Expect.ACCEPTABLE, desc = "It succeeded.")
@Outcome(id = "FAILED, 1 = 0 \\+ 1", expect = Expect.ACCEPTABLE, desc = "It timed out.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It was counted twice, or not as what it is.")
@State
public class TimeOutAgainstEnd {

  private static final Aim AIM = new Aim();

  private final PoolCore<String, String> core = Threadless.openWithTimeout(1);
  private final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  private final JobFuture<String, String> future = core.queue.submit("job");
  private final Work<String, String> work = core.dispatcher.next(worker);
  private final long number = worker.counters().sequence() + 1; // of the run

  @Actor
  public void worker() {
    Throwable _ = WorkerRuns.run(worker, this::run, work);
  }

  private String run(String job) {
    AIM.delay(); // the supervisor has more to do
    AIM.wasLate(future.isSettled());
    return job;
  }

  @Actor
  public void supervisor() {
    Waits.until(() -> worker.counters().sequence() >= number);
    TaskList toStop = new TaskList();
    core.settler.timeOut(new long[] {number}, toStop);
    core.settler.stopRuns(toStop);
  }

  @Arbiter
  public void counts(LL_Result r) {
    Waits.until(future::isDone); // a thread may be about to tell
    core.helperExecutor.close();
    PoolStats stats = core.stats();
    r.r1 = future.state().toString();
    r.r2 =
        stats.queued() + stats.running() == 0
            ? stats.submitted() - 1 + " = " + (stats.succeeded() - 1) + " + " + stats.failed()
            : stats.toString();
  }
}
