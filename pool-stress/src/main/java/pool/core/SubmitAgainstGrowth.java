package pool.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/**
 * A submitter that leaves a full ring for a larger one against a worker that empties the old one:
 * every job comes once, in the order of the submits.
 */
@JCStressTest
@Outcome(id = "true, 66", expect = Expect.ACCEPTABLE, desc = "All came, in order.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job is lost, doubled, or was overtaken.")
@State
public class SubmitAgainstGrowth {

  private static final int FILLS = 63; // places of the first ring, for which there are permits

  private final PoolCore<String, String> core = Threadless.open(1, 1_024);
  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(0, ClaimedJobs.MOST);
  private final List<String> taken = new ArrayList<>();

  public SubmitAgainstGrowth() {
    for (int i = 0; i < FILLS; i++) {
      submit(i);
    }
  }

  private void submit(int i) {
    JobFuture<String, String> _ = core.admission.submit("" + (char) ('A' + i));
  }

  @Actor
  public void submitter() {
    submit(FILLS);
    submit(FILLS + 1);
    submit(FILLS + 2);
  }

  @Actor
  public void worker() {
    take(FILLS - 1);
    take(2);
    take(2);
  }

  private boolean take(int most) {
    boolean some = core.admission.take(claimed, most) > 0;
    JobFuture<String, String> future;
    while ((future = claimed.startNext()) != null) {
      taken.add(future.job());
      claimed.done();
    }
    return some;
  }

  @Arbiter
  public void rest(LL_Result r) {
    while (take(ClaimedJobs.MOST)) {
      continue;
    }
    r.r1 = taken.equals(taken.stream().sorted(Comparator.naturalOrder()).distinct().toList());
    r.r2 = taken.size();
  }
}
