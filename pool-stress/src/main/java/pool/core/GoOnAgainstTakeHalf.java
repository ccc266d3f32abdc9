package pool.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * A worker that goes through its part of a bulk call against another that has done its own and
 * takes half of what is left: each place is started by exactly one of them.
 */
@JCStressTest
@Outcome(id = "abcd, -", expect = Expect.ACCEPTABLE, desc = "Nothing was left to take.")
@Outcome(id = "abc, d", expect = Expect.ACCEPTABLE, desc = "The last place was taken.")
@Outcome(id = "ab, cd", expect = Expect.ACCEPTABLE, desc = "Two places were taken.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A place was started twice, or not at all.")
@State
public class GoOnAgainstTakeHalf {

  private final BulkCalls bulkCalls = new BulkCalls("a", "b", "c", "d", "x", "x", "x", "x");
  private final int first;

  public GoOnAgainstTakeHalf() {
    String _ = bulkCalls.doAll(1, bulkCalls.start(1));
    first = bulkCalls.start(0);
  }

  @Actor
  public void worker(LL_Result r) {
    r.r1 = bulkCalls.doAll(0, first);
  }

  @Actor
  public void otherWorker(LL_Result r) {
    int place = bulkCalls.start(1);
    r.r2 = place < 0 ? "-" : bulkCalls.doAll(1, place);
  }
}
