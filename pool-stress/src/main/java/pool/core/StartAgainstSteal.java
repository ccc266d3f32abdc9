package pool.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * A worker that goes through its hand against another that has nothing to do: each job is started
 * by exactly one of them.
 */
@JCStressTest
@Outcome(id = "ab, -, false", expect = Expect.ACCEPTABLE, desc = "The worker started both.")
@Outcome(id = "a, b, false", expect = Expect.ACCEPTABLE, desc = "The other started the second.")
@Outcome(id = "b, a, false", expect = Expect.ACCEPTABLE, desc = "The other started the first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was started twice, or not at all.")
@State
public class StartAgainstSteal {

  private final Hand<String, String> hand = new Hand<>(0, Hand.MOST);
  private final Hand<String, String> other = new Hand<>(1, Hand.MOST);

  public StartAgainstSteal() {
    hand.put(0, Jobs.job("a"));
    hand.put(1, Jobs.job("b"));
    hand.took(2);
  }

  @Actor
  public void worker(LLL_Result r) {
    String started = "";
    JobFuture<String, String> future;
    while ((future = hand.startNext()) != null) {
      started += future.job();
      hand.done();
    }
    r.r1 = started;
  }

  @Actor
  public void otherWorker(LLL_Result r) {
    r.r2 = Jobs.started(other.startFrom(hand));
  }

  @Arbiter
  public void rest(LLL_Result r) {
    r.r3 = hand.hasWaiting();
  }
}
