package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import pool.core.internal.bulk.BulkOfTwo;

/**
 * A worker that goes through its share of a bulk call against another that has done its own and
 * takes half of what is left: each position is started by exactly one of them.
 */
@JCStressTest
@Outcome(id = "abcd, -", expect = Expect.ACCEPTABLE, desc = "Nothing was left to take.")
@Outcome(id = "abc, d", expect = Expect.ACCEPTABLE, desc = "The last position was taken.")
@Outcome(id = "ab, cd", expect = Expect.ACCEPTABLE, desc = "Two positions were taken.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A position was started twice, or not at all.")
@State
public class GoOnAgainstTakeHalf {

  private final BulkOfTwo bulk = new BulkOfTwo("a", "b", "c", "d", "x", "x", "x", "x");
  private final int first;

  public GoOnAgainstTakeHalf() {
    String _ = bulk.doAll(1, bulk.start(1));
    first = bulk.start(0);
  }

  @Actor
  public void worker(LL_Result r) {
    r.r1 = bulk.doAll(0, first);
  }

  @Actor
  public void otherWorker(LL_Result r) {
    int position = bulk.start(1);
    r.r2 = position < 0 ? "-" : bulk.doAll(1, position);
  }
}
