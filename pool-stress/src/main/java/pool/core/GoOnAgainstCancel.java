package pool.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZL_Result;

/**
 * A worker that goes on to its next place against somebody who cancels what it runs: what is
 * cancelled is the one place or the other, and the worker keeps only results of its own.
 */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
    id = "0, true, a cancelled",
    expect = Expect.ACCEPTABLE,
    desc = "The first place was cancelled.")
@org.openjdk.jcstress.annotations.Outcome(
    id = "01, true, b cancelled",
    expect = Expect.ACCEPTABLE,
    desc = "It went on, and the second was cancelled.")
@org.openjdk.jcstress.annotations.Outcome(
    id = "01, false, done",
    expect = Expect.ACCEPTABLE,
    desc = "It had done both.")
@org.openjdk.jcstress.annotations.Outcome(
    expect = Expect.FORBIDDEN,
    desc = "A place was settled twice, or not at all.")
@State
public class GoOnAgainstCancel {

  private final BulkCalls bulkCalls = new BulkCalls("a", "b", "x", "x");
  private final int first = bulkCalls.start(0);

  @Actor
  public void worker(LZL_Result r) {
    String started = "";
    int next = first;
    while (next >= 0) {
      int now = next;
      started += now;
      next = bulkCalls.bulk.goOn(0, false);
      if (next != BulkRanges.LOST) {
        bulkCalls.bulk.succeeded(now, "result");
      }
    }
    r.r1 = started;
  }

  @Actor
  public void owner(LZL_Result r) {
    r.r2 = bulkCalls.cancelRun(0);
  }

  @Arbiter
  public void settled(LZL_Result r) {
    Object[] places = bulkCalls.bulk.settledPlaces();
    r.r3 = isDone(places[0]) && isDone(places[1]) ? "done" : "";
    for (int i = 0; i < 2; i++) {
      if (places[i] instanceof Outcome.Cancelled<?, ?> cancelled) {
        r.r3 += cancelled.job() + " cancelled";
      }
    }
    if (r.r3.equals("b cancelled") && !isDone(places[0])) {
      r.r3 = "a lost";
    }
  }

  private static boolean isDone(Object place) {
    return place instanceof Outcome.Succeeded<?, ?>;
  }
}
