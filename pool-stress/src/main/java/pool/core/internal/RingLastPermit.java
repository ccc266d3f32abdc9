package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.queue.Ring;

/** Two submitters and one permit: exactly one of them puts its item in. */
@JCStressTest
@Outcome(id = "true, false, a", expect = Expect.ACCEPTABLE, desc = "The first had the permit.")
@Outcome(id = "false, true, b", expect = Expect.ACCEPTABLE, desc = "The second had the permit.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The permit was spent twice, or not at all.")
@State
public class RingLastPermit {

  private final Ring<String> ring = new Ring<>(2);

  public RingLastPermit() {
    ring.grant(1);
  }

  @Actor
  public void submitter(LLL_Result r) {
    r.r1 = ring.offer("a");
  }

  @Actor
  public void otherSubmitter(LLL_Result r) {
    r.r2 = ring.offer("b");
  }

  @Arbiter
  public void rest(LLL_Result r) {
    r.r3 = RingTakes.all(ring);
  }
}
