package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.queue.ClaimedJobs;

/**
 * A worker that goes through what it has claimed against another that has nothing to do: each job
 * is started by exactly one of them.
 */
@JCStressTest
@Outcome(id = "ab, -, false", expect = Expect.ACCEPTABLE, desc = "The worker started both.")
@Outcome(id = "a, b, false", expect = Expect.ACCEPTABLE, desc = "The other started the second.")
@Outcome(id = "b, a, false", expect = Expect.ACCEPTABLE, desc = "The other started the first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was started twice, or not at all.")
@State
public class StartAgainstSteal {

  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(0, ClaimedJobs.MOST);
  private final ClaimedJobs<String, String> other = new ClaimedJobs<>(1, ClaimedJobs.MOST);

  public StartAgainstSteal() {
    claimed.put(0, Jobs.job("a"));
    claimed.put(1, Jobs.job("b"));
    claimed.took(2);
  }

  @Actor
  public void worker(LLL_Result r) {
    String started = "";
    JobFuture<String, String> future;
    while ((future = claimed.startNext()) != null) {
      started += future.job();
      claimed.done();
    }
    r.r1 = started;
  }

  @Actor
  public void otherWorker(LLL_Result r) {
    r.r2 = Jobs.started(other.startFrom(claimed));
  }

  @Arbiter
  public void rest(LLL_Result r) {
    r.r3 = claimed.hasWaiting();
  }
}
