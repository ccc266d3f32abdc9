package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.PoolStats;
import pool.core.internal.util.TaskList;

/**
 * A worker that tells of the jobs of a batch, against the supervisor, for whom the time of the run
 * is over: each job succeeds or has timed out, and is counted as that alone.
 */
@JCStressTest
@Outcome(id = "SUCCESS, SUCCESS, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "SUCCESS, FAILED, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "FAILED, SUCCESS, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "FAILED, FAILED, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or counted twice.")
@State
public class TellAgainstTimeOut {

  private static final Aim AIM = new Aim();

  private final TwoTold two = new TwoTold(AIM);

  @Actor
  public void worker() {
    two.run();
  }

  @Actor
  public void supervisor() {
    two.awaitRun();
    TaskList toStop = new TaskList();
    two.core.settler.timeOut(new long[] {two.number}, toStop);
    two.core.settler.stopRuns(toStop);
  }

  @Arbiter
  public void counts(LLL_Result r) {
    two.counts(r, PoolStats::failed);
  }
}
