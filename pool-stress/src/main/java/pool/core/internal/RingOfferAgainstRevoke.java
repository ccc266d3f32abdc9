package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.queue.Ring;

/**
 * A submitter against a pool that stops its intake: after that the tail stands still, and counts
 * exactly what was accepted.
 */
@JCStressTest
@Outcome(id = "0, 0, -", expect = Expect.ACCEPTABLE, desc = "The intake stopped before both.")
@Outcome(id = "1, 1, a", expect = Expect.ACCEPTABLE, desc = "It stopped between the two.")
@Outcome(id = "2, 2, ab", expect = Expect.ACCEPTABLE, desc = "It stopped after both.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An item was accepted and not counted, or counted only.")
@State
public class RingOfferAgainstRevoke {

  private final Ring<String> ring = new Ring<>(2);

  public RingOfferAgainstRevoke() {
    ring.grant(2);
  }

  @Actor
  public void submitter(LLL_Result r) {
    r.r1 = (ring.offer("a") ? 1 : 0) + (ring.offer("b") ? 1 : 0);
  }

  @Actor
  public void closer(LLL_Result r) {
    ring.revoke();
    r.r2 = ring.newlyPut();
  }

  @Arbiter
  public void rest(LLL_Result r) {
    r.r3 = RingTakes.all(ring);
  }
}
