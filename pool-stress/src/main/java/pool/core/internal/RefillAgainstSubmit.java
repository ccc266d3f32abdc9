package pool.core.internal;

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
import pool.core.internal.job.JobFuture;
import pool.core.internal.queue.ClaimedJobs;

/**
 * A submitter whose jobs overflow a full ring against a worker that empties the ring and fills it
 * again: every job comes once, in the order of the submits.
 */
@JCStressTest
@Outcome(id = "true, 8", expect = Expect.ACCEPTABLE, desc = "All came, in order.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job is lost, doubled, or was overtaken.")
@State
public class RefillAgainstSubmit {

  private static final int CAPACITY = 8; // and so many places has the ring
  private static final int SETTLED = 6; // each still has its place, but there is room for another
  private static final int TAKES = 6;

  private final PoolCore<String, String> core = Threadless.open(1, CAPACITY);
  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(0, ClaimedJobs.MOST);
  private final List<String> taken = new ArrayList<>();
  private int submitted;

  public RefillAgainstSubmit() {
    for (int i = 0; i < SETTLED; i++) {
      boolean _ = core.queue.submit("settled").cancel(false);
    }
    while (submitted < CAPACITY - SETTLED) {
      submitNext();
    }
  }

  private void submitNext() {
    String job = "" + (char) ('A' + submitted++);
    JobFuture<String, String> _ = core.queue.submit(job);
  }

  @Actor
  public void submitter() {
    while (submitted < CAPACITY) {
      submitNext();
    }
  }

  @Actor
  public void worker() {
    Waits.until(() -> core.queue.depth() > CAPACITY); // so that the first job overflows
    take(CAPACITY);
    for (int i = 0; i < TAKES; i++) {
      take(2);
    }
  }

  private boolean take(int most) {
    boolean some = core.queue.take(claimed, most) > 0;
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
