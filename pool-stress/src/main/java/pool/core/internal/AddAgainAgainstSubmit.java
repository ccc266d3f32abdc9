package pool.core.internal;

import java.util.ArrayList;
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
 * A submitter that has permits against a worker that takes a job which broke its worker and waits
 * again: each of the jobs comes once.
 */
@JCStressTest
@Outcome(id = "true, 3", expect = Expect.ACCEPTABLE, desc = "All came.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job is lost, or doubled.")
@State
public class AddAgainAgainstSubmit {

  private final PoolCore<String, String> core = Threadless.open(1, 8);
  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(0, ClaimedJobs.MOST);
  private final List<String> taken = new ArrayList<>();

  public AddAgainAgainstSubmit() {
    JobFuture<String, String> again = core.queue.submit("again");
    int _ = core.queue.take(claimed, 1);
    JobFuture<String, String> _ = claimed.startNext();
    claimed.done();
    try (var _ = core.lock.hold()) {
      boolean _ = core.queue.addAgain(again, 0, _ -> false);
    }
  }

  @Actor
  public void submitter() {
    JobFuture<String, String> _ = core.queue.submit("a");
    JobFuture<String, String> _ = core.queue.submit("b");
  }

  @Actor
  public void worker() {
    boolean _ = take(1);
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
    r.r1 = taken.containsAll(List.of("again", "a", "b"));
    r.r2 = taken.size();
  }
}
