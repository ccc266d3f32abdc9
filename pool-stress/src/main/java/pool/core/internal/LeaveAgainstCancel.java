package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;
import pool.core.internal.bulk.BulkOfTwo;
import pool.core.internal.bulk.BulkRanges;

/** A worker whose run of its last position returns against somebody who cancels it: one has it. */
@JCStressTest
@Outcome(id = "ended, false", expect = Expect.ACCEPTABLE, desc = "It succeeded.")
@Outcome(id = "lost, true", expect = Expect.ACCEPTABLE, desc = "It was cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It was settled twice, or not at all.")
@State
public class LeaveAgainstCancel {

  private final BulkOfTwo two = new BulkOfTwo("a", "b");
  private final int last = two.start(0);

  @Actor
  public void worker(LZ_Result r) {
    r.r1 = two.bulk.succeeded(0, last, "result", true) == BulkRanges.LEFT ? "ended" : "lost";
  }

  @Actor
  public void owner(LZ_Result r) {
    r.r2 = two.cancelRun(0);
  }
}
