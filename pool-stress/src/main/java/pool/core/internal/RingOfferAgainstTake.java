package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.queue.Ring;

/** One submitter against one worker: what is taken comes whole, and in the order of the submits. */
@JCStressTest
@Outcome(id = "-, -, abc", expect = Expect.ACCEPTABLE, desc = "The worker came before all three.")
@Outcome(id = "-, a, bc", expect = Expect.ACCEPTABLE, desc = "Its first take came too early.")
@Outcome(id = "a, -, bc", expect = Expect.ACCEPTABLE, desc = "Its second take came too early.")
@Outcome(id = "a, b, c", expect = Expect.ACCEPTABLE, desc = "It took two.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An item is lost, doubled, or was overtaken.")
@State
public class RingOfferAgainstTake {

  private final Ring<String> ring = new Ring<>(4);

  public RingOfferAgainstTake() {
    ring.grant(3);
  }

  @Actor
  public void submitter() {
    boolean _ = ring.offer("a");
    boolean _ = ring.offer("b");
    boolean _ = ring.offer("c");
  }

  @Actor
  public void worker(LLL_Result r) {
    r.r1 = RingTakes.one(ring);
    r.r2 = RingTakes.one(ring);
  }

  @Arbiter
  public void rest(LLL_Result r) {
    r.r3 = RingTakes.all(ring);
  }
}
