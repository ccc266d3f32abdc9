package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.queue.Ring;

/** Two submitters of one ring: both items are in, each once. */
@JCStressTest
@Outcome(
    id = "true, true, (ab|ba)",
    expect = Expect.ACCEPTABLE,
    desc = "Both are in, in some order.")
@Outcome(expect = Expect.FORBIDDEN, desc = "One was refused, lost, or is in twice.")
@State
public class RingOfferAgainstOffer {

  private final Ring<String> ring = new Ring<>(2);

  public RingOfferAgainstOffer() {
    ring.grant(2);
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
