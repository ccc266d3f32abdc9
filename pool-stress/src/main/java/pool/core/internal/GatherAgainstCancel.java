package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.api.BatchWorker;
import pool.core.PoolStats;
import pool.core.internal.job.JobFuture;

/**
 * A worker that takes two jobs together, against the owner of the second, who cancels it: it is
 * done or cancelled, and counted as that alone, and the first is done in any case.
 */
@JCStressTest
@Outcome(id = "SUCCESS, false, 2 = 2 \\+ 0", expect = Expect.ACCEPTABLE, desc = "Both are done.")
@Outcome(id = "SUCCESS, true, 2 = 1 \\+ 1", expect = Expect.ACCEPTABLE, desc = "One is cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or counted twice.")
@State
public class GatherAgainstCancel {

  private static final BatchWorker<String, String> WORKER =
      (jobs, results) -> {
        for (int i = 0; i < jobs.size(); i++) {
          results.succeeded(i, jobs.get(i));
        }
      };

  private final PoolCore<String, String> core = Threadless.openFor(WORKER);
  private final JobFuture<String, String> first = core.queue.submit("one");
  private final JobFuture<String, String> second = core.queue.submit("two");

  @Actor
  public void worker() {
    Threadless.doOne(core, WORKER);
  }

  @Actor
  public void owner(LLL_Result r) {
    r.r2 = second.cancel(false);
  }

  @Arbiter
  public void counts(LLL_Result r) {
    PoolStats stats = core.stats();
    r.r1 = first.state().toString();
    boolean settled = second.isDone() && second.isCancelled() == (Boolean) r.r2;
    r.r3 =
        settled && stats.queued() + stats.running() == 0
            ? stats.submitted() - 1 + " = " + (stats.succeeded() - 1) + " + " + stats.cancelled()
            : stats.toString();
  }
}
