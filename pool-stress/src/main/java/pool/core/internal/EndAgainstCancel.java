package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;

/** A worker whose run returns against somebody who cancels it: exactly one of them settles it. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "It succeeded.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "It was cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It was settled twice, or not at all.")
@State
public class EndAgainstCancel {

  private final JobFuture<String, String> future = Jobs.job();

  public EndAgainstCancel() {
    boolean _ = future.start(0);
  }

  @Actor
  public void worker(ZZ_Result r) {
    r.r1 = future.endRun(0, JobState.SUCCEEDED);
  }

  @Actor
  public void owner(ZZ_Result r) {
    r.r2 = future.cancelRun(0);
  }
}
