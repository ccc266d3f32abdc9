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

/**
 * An owner that cancels a job against the worker that starts and runs it: it succeeds or is
 * cancelled, and is counted as that alone.
 */
@JCStressTest
@Outcome(id = "false, 1 = 1 \\+ 0", expect = Expect.ACCEPTABLE, desc = "It succeeded.")
@Outcome(id = "true, 1 = 0 \\+ 1", expect = Expect.ACCEPTABLE, desc = "It was cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It was counted twice, or not as what it is.")
@State
public class CancelAgainstRun {

  private final PoolCore<String, String> core = Threadless.open(1, 4);
  private final JobFuture<String, String> future = core.queue.submit("job");

  public CancelAgainstRun() {
    core.closing.begin(); // so that the worker ends when there is nothing to do
  }

  @Actor
  public void worker() {
    Threadless.doOne(core);
  }

  @Actor
  public void owner(LL_Result r) {
    r.r1 = future.cancel(false);
  }

  @Arbiter
  public void counts(LL_Result r) {
    PoolStats stats = core.stats();
    boolean settled = future.isDone() && future.isCancelled() == (Boolean) r.r1;
    r.r2 =
        settled && stats.queued() + stats.running() == 0
            ? stats.submitted() - 1 + " = " + (stats.succeeded() - 1) + " + " + stats.cancelled()
            : stats.toString();
  }
}
