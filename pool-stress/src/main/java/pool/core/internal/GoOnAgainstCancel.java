package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZL_Result;
import pool.core.internal.bulk.BulkOfTwo;

/**
 * A worker that goes on to its next position against somebody who cancels what it runs: what is
 * cancelled is the one position or the other, and the worker keeps only results of its own.
 */
@JCStressTest
@Outcome(
    id = "0, true, a cancelled",
    expect = Expect.ACCEPTABLE,
    desc = "The first position was cancelled.")
@Outcome(
    id = "01, true, b cancelled",
    expect = Expect.ACCEPTABLE,
    desc = "It went on, and the second was cancelled.")
@Outcome(id = "01, false, done", expect = Expect.ACCEPTABLE, desc = "It had done both.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A position was settled twice, or not at all.")
@State
public class GoOnAgainstCancel {

  private final BulkOfTwo two = new BulkOfTwo("a", "b", "x", "x");
  private final int first = two.start(0);

  @Actor
  public void worker(LZL_Result r) {
    String started = "";
    for (int position = first; position >= 0; position = two.succeeded(0, position)) {
      started += position;
    }
    r.r1 = started;
  }

  @Actor
  public void owner(LZL_Result r) {
    r.r2 = two.cancelRun(0);
  }

  @Arbiter
  public void settled(LZL_Result r) {
    Object[] outcomes = two.bulk.outcomes().inOrder();
    r.r3 = isDone(outcomes[0]) && isDone(outcomes[1]) ? "done" : "";
    for (int i = 0; i < 2; i++) {
      if (outcomes[i] instanceof pool.core.Outcome.Cancelled<?, ?> cancelled) {
        r.r3 += cancelled.job() + " cancelled";
      }
    }
    if (r.r3.equals("b cancelled") && !isDone(outcomes[0])) {
      r.r3 = "a lost";
    }
  }

  private static boolean isDone(Object outcome) {
    return outcome instanceof pool.core.Outcome.Succeeded<?, ?>;
  }
}
