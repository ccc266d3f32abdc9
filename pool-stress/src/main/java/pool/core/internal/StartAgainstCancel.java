package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;

/** A worker that starts a job against somebody who cancels it: exactly one of them has it. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "It was started.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "It was cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Both have it, or neither.")
@State
public class StartAgainstCancel {

  private final JobFuture<String, String> future = Jobs.job();

  @Actor
  public void worker(ZZ_Result r) {
    r.r1 = future.start(0);
  }

  @Actor
  public void owner(ZZ_Result r) {
    r.r2 = future.endWaiting(JobState.CANCELLED);
  }
}
