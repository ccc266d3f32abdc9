package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.PoolClosedException;
import pool.core.internal.job.JobFuture;

/**
 * A submitter against a pool that stops its intake: what was accepted is counted and done, what was
 * refused is not counted, and then nothing is left to wait for.
 */
@JCStressTest
@Outcome(id = "done, 1, true", expect = Expect.ACCEPTABLE, desc = "It was accepted.")
@Outcome(id = "refused, 0, true", expect = Expect.ACCEPTABLE, desc = "It was refused.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or counted though it was refused.")
@State
public class SubmitAgainstClose {

  private final PoolCore<String, String> core = Threadless.open(1, 4);
  private JobFuture<String, String> future;

  @Actor
  public void submitter() {
    try {
      future = core.queue.submit("job");
    } catch (PoolClosedException e) {
      // the other was first
    }
  }

  @Actor
  public void closer() {
    core.closing.begin();
  }

  @Arbiter
  public void counts(LLL_Result r) {
    if (core.queue.hasJobs()) {
      Threadless.doOne(core);
    }
    r.r1 = future == null ? "refused" : future.isDone() ? "done" : "lost";
    r.r2 = core.stats().submitted() - 1;
    try (var _ = core.lock.hold()) {
      r.r3 = core.watch.noticesDrained();
    }
  }
}
