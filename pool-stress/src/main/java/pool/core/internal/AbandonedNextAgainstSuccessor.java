package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.bulk.BulkRanges;

/**
 * A worker that was abandoned in a bulk call, and comes back, against its successor, which does
 * what is left of the share, and then what is left of another: the old one has lost its run,
 * whatever the successor is at, and each other position is done once.
 */
@JCStressTest
@Outcome(id = "LOST, 1243, 0", expect = Expect.ACCEPTABLE, desc = "As it is to be.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A position was done twice, or not at all.")
@State
public class AbandonedNextAgainstSuccessor {

  private static final int TRIES = 6; // a worker comes back once; this way they meet more often

  private final BulkRanges ranges = new BulkRanges(2);
  private final int old;

  public AbandonedNextAgainstSuccessor() {
    ranges.set(0, 0, 3);
    ranges.set(1, 3, 5);
    boolean _ = ranges.start(0);
    old = ranges.running(0);
    boolean _ = ranges.settle(0, old);
  }

  @Actor
  public void abandoned(LLL_Result r) {
    r.r1 = "LOST";
    for (int i = 0; i < TRIES; i++) {
      boolean leave = i % 2 != 0;
      int next = ranges.next(0, old, leave);
      if (next != BulkRanges.LOST) {
        r.r1 = next;
      }
    }
  }

  @Actor
  public void successor(LLL_Result r) {
    ranges.settledRunReturned(0); // the other is abandoned
    String done = "";
    while (ranges.start(0) || (ranges.takeHalf(0) && ranges.start(0))) {
      for (int next = ranges.running(0); next >= 0; next = ranges.next(0, next, false)) {
        done += next;
      }
    }
    r.r2 = done;
  }

  @Arbiter
  public void unsettled(LLL_Result r) {
    r.r3 = unsettled(ranges.share(0)) + unsettled(ranges.share(1));
  }

  private static long unsettled(long share) {
    return BulkRanges.unstarted(share) + (BulkRanges.hasUnsettledRun(share) ? 1 : 0);
  }
}
