package pool.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;

/** A worker whose run of the last place returns against somebody who cancels it: one has it. */
@JCStressTest
@Outcome(id = "ended, false", expect = Expect.ACCEPTABLE, desc = "It succeeded.")
@Outcome(id = "lost, true", expect = Expect.ACCEPTABLE, desc = "It was cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It was settled twice, or not at all.")
@State
public class LeaveAgainstCancel {

  private final BulkCalls bulkCalls = new BulkCalls("a", "b");

  public LeaveAgainstCancel() {
    int _ = bulkCalls.start(0);
  }

  @Actor
  public void worker(LZ_Result r) {
    r.r1 = bulkCalls.bulk.goOn(0, true) == BulkRanges.LEFT ? "ended" : "lost";
  }

  @Actor
  public void owner(LZ_Result r) {
    r.r2 = bulkCalls.cancelRun(0);
  }
}
