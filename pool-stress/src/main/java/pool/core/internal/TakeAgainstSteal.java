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
import pool.core.internal.queue.Ring;

/**
 * A worker that claims jobs for the second time against another that looks through its claims: the
 * other starts a job that is there, whole, or none.
 */
@JCStressTest
@Outcome(
    id = "ab, -, false",
    expect = Expect.ACCEPTABLE,
    desc = "The other came too early or late.")
@Outcome(id = "a, b, false", expect = Expect.ACCEPTABLE, desc = "The other started the second.")
@Outcome(id = "b, a, false", expect = Expect.ACCEPTABLE, desc = "The other started the first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was started twice, or not at all.")
@State
public class TakeAgainstSteal {

  private static final int TRIES = 30;

  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(0, ClaimedJobs.MOST);
  private final ClaimedJobs<String, String> other = new ClaimedJobs<>(1, ClaimedJobs.MOST);
  private final Ring<JobFuture<String, String>> ring = new Ring<>(2);

  public TakeAgainstSteal() {
    claimed.put(0, Jobs.job("x"));
    claimed.took(1);
    JobFuture<String, String> _ = claimed.startNext();
    claimed.done();
    ring.grant(2);
    boolean _ = ring.offer(Jobs.job("a"));
    boolean _ = ring.offer(Jobs.job("b"));
  }

  @Actor
  public void worker(LLL_Result r) {
    JobFuture<String, String> future = claimed.startNext(); // none: it knows now that it is empty
    claimed.took(ring.take(claimed, 2));
    String started = "";
    while ((future = claimed.startNext()) != null) {
      started += future.job();
      claimed.done();
    }
    r.r1 = started;
  }

  @Actor
  public void otherWorker(LLL_Result r) {
    JobFuture<String, String> stolen = null;
    for (int i = 0; i < TRIES && stolen == null; i++) {
      stolen = other.startFrom(claimed);
    }
    r.r2 = Jobs.started(stolen);
  }

  @Arbiter
  public void rest(LLL_Result r) {
    r.r3 = claimed.hasWaiting();
  }
}
