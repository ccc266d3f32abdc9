package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.queue.ClaimedJobs;

/**
 * A worker that fills the ring again, and takes one job, against another that asks whether there
 * are jobs: there is one all the time, so it sees that.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It saw that there are jobs.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It overlooked the jobs that were being moved.")
@State
public class HasJobsAgainstRefill {

  private static final int CAPACITY = 2; // and so many places has the ring
  private static final int LOOKS = 50;

  private final PoolCore<String, String> core = Threadless.open(1, CAPACITY);
  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(0, ClaimedJobs.MOST);

  public HasJobsAgainstRefill() {
    for (int i = 0; i < CAPACITY; i++) {
      boolean _ = core.queue.submit("settled").cancel(false);
    }
    for (int i = 0; i < CAPACITY; i++) { // these overflow
      JobFuture<String, String> _ = core.queue.submit("job");
    }
    int _ = core.queue.take(claimed, CAPACITY); // those that have settled
    JobFuture<String, String> _ = claimed.startNext();
  }

  @Actor
  public void worker(ZZ_Result r) {
    r.r1 = core.queue.take(claimed, 1) == 1;
  }

  @Actor
  public void otherWorker(ZZ_Result r) {
    boolean always = true;
    for (int i = 0; i < LOOKS; i++) {
      always &= core.queue.hasJobs();
    }
    r.r2 = always;
  }
}
