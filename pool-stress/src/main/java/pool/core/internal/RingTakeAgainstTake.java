package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.queue.Ring;

/** Two workers that take from one ring: no item is taken twice, and none is overlooked. */
@JCStressTest
@Outcome(id = "a, b, -", expect = Expect.ACCEPTABLE, desc = "The first worker was first.")
@Outcome(id = "b, a, -", expect = Expect.ACCEPTABLE, desc = "The second worker was first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "An item was taken twice, or not at all.")
@State
public class RingTakeAgainstTake {

  private final Ring<String> ring = new Ring<>(2);

  public RingTakeAgainstTake() {
    ring.grant(2);
    boolean _ = ring.offer("a");
    boolean _ = ring.offer("b");
  }

  @Actor
  public void worker(LLL_Result r) {
    r.r1 = RingTakes.one(ring);
  }

  @Actor
  public void otherWorker(LLL_Result r) {
    r.r2 = RingTakes.one(ring);
  }

  @Arbiter
  public void rest(LLL_Result r) {
    r.r3 = RingTakes.all(ring);
  }
}
