package pool.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

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

  private final PoolCore<String, String> core = Threadless.openWithTimeout(1);
  private final WorkerThread<String, String> worker = core.workers.getFirst();
  private final JobFuture<String, String> future = core.admission.submit("job");
  private final Work<String, String> work = core.dispatcher.next(worker);
  private final long number = worker.counters.started();

  @Actor
  public void worker() {
    Throwable _ = worker.runner.run(TimeOutAgainstEnd::run, work);
  }

  private static String run(String job) {
    Threadless.delay(); // the supervisor has more to do
    return job;
  }

  @Actor
  public void supervisor() {
    core.canceller.timeOut(worker, number);
  }

  @Arbiter
  public void counts(LL_Result r) {
    Waits.until(future::isDone); // a thread may be about to tell
    core.cancelExecutor.close();
    PoolStats stats = core.stats();
    r.r1 = future.state().toString();
    r.r2 =
        stats.queued() + stats.running() == 0
            ? stats.submitted() - 1 + " = " + (stats.succeeded() - 1) + " + " + stats.failed()
            : stats.toString();
  }
}
