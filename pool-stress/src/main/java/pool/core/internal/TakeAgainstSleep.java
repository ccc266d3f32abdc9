package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.queue.ClaimedJobs;

/**
 * A worker that claims two jobs against another that enters itself among the sleepers: the other
 * sees the claims when it looks once more, or is seen and woken.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It saw a job, and will not sleep.")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "It saw a job, and was woken.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "It was woken.")
@Outcome(id = "false, true", expect = Expect.FORBIDDEN, desc = "The wake-up is lost: it sleeps on.")
@State
public class TakeAgainstSleep {

  private final PoolCore<String, String> core = Threadless.open(2, 4);
  private final ClaimedJobs<String, String> claimed = core.slots.getFirst().thread().claimed();

  public TakeAgainstSleep() {
    JobFuture<String, String> _ = core.queue.submit("a");
    JobFuture<String, String> _ = core.queue.submit("b");
  }

  @Actor
  public void worker() {
    if (core.queue.take(claimed, 2) > 1) {
      core.idleWorkers.signal();
    }
  }

  @Actor
  public void otherWorker(ZZ_Result r) {
    r.r1 = Threadless.fallsAsleepSeeing(core, core.slots.getLast().thread(), claimed::hasWaiting);
  }

  @Arbiter
  public void sleeps(ZZ_Result r) {
    r.r2 = core.idleWorkers.anySleeps();
  }
}
