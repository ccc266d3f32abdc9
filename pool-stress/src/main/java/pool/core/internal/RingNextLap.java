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
 * A submitter that needs a place against the worker that is about to clear it, in a ring that is
 * full for the second time: the item of the new lap does not meet that of the old one.
 */
@JCStressTest
@Outcome(id = "a, b, cd", expect = Expect.ACCEPTABLE, desc = "Each place was cleared, then filled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Two items met in one place.")
@State
public class RingNextLap {

  private final Ring<String> ring = new Ring<>(2);

  public RingNextLap() {
    ring.grant(2);
    boolean _ = ring.offer("x");
    boolean _ = ring.offer("y");
    String _ = RingTakes.all(ring);
    ring.grant(2);
    boolean _ = ring.offer("a");
    boolean _ = ring.offer("b");
  }

  @Actor
  public void submitter() {
    offerWhenFree("c");
    offerWhenFree("d");
  }

  private void offerWhenFree(String item) {
    Waits.until(() -> ring.free() > 0);
    ring.grant(1);
    boolean _ = ring.offer(item);
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
