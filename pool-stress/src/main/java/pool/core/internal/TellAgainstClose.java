package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.PoolStats;

/**
 * A worker that tells of the jobs of a batch, against a closer whose deadline has passed: each job
 * succeeds or was cancelled by the close, and is counted as that alone.
 */
@JCStressTest
@Outcome(id = "SUCCESS, SUCCESS, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "SUCCESS, CANCELLED, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "CANCELLED, SUCCESS, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "CANCELLED, CANCELLED, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or counted twice.")
@State
public class TellAgainstClose {

  private static final Aim AIM = new Aim();

  private final TwoTold two = new TwoTold(AIM);

  @Actor
  public void worker() {
    two.run();
  }

  @Actor
  public void closer() {
    two.awaitRun();
    two.core.closing.begin();
    boolean _ = two.core.closing.stop(false);
  }

  @Arbiter
  public void counts(LLL_Result r) {
    two.counts(r, PoolStats::cancelled);
  }
}
