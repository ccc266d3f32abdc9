package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.core.internal.job.JobFuture;

/**
 * A submitter against a worker that enters itself among the sleepers: the worker sees the job when
 * it looks once more, or the submitter sees the worker and wakes it.
 */
@JCStressTest
@Outcome(
    id = "true, true",
    expect = Expect.ACCEPTABLE,
    desc = "It saw the job, and will not sleep.")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "It saw the job, and was woken.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "It was woken.")
@Outcome(id = "false, true", expect = Expect.FORBIDDEN, desc = "The wake-up is lost: it sleeps on.")
@State
public class SubmitAgainstSleep {

  private final PoolCore<String, String> core = Threadless.open(1, 4);

  @Actor
  public void submitter() {
    JobFuture<String, String> _ = core.queue.submit("job");
  }

  @Actor
  public void worker(ZZ_Result r) {
    r.r1 = Threadless.fallsAsleepSeeing(core, core.slots.getFirst().thread(), core.queue::hasJobs);
  }

  @Arbiter
  public void sleeps(ZZ_Result r) {
    r.r2 = core.idleWorkers.anySleeps();
  }
}
