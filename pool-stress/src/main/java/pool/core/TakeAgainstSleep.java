package pool.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * A worker that takes two jobs into its hand against another that enters itself among the sleepers:
 * the other sees the hand when it looks once more, or is seen and woken.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "It saw a job, and will not sleep.")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "It saw a job, and was woken.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "It was woken.")
@Outcome(id = "false, true", expect = Expect.FORBIDDEN, desc = "The wake-up is lost: it sleeps on.")
@State
public class TakeAgainstSleep {

  private final PoolCore<String, String> core = Threadless.open(2, 4);
  private final ClaimedJobs<String, String> claimed = core.workers.getFirst().claimed;

  public TakeAgainstSleep() {
    JobFuture<String, String> _ = core.admission.submit("a");
    JobFuture<String, String> _ = core.admission.submit("b");
  }

  @Actor
  public void worker() {
    if (core.admission.take(claimed, 2) > 1) {
      core.idleWorkers.signal();
    }
  }

  @Actor
  public void otherWorker(ZZ_Result r) {
    r.r1 = Threadless.fallsAsleepSeeing(core, core.workers.getLast(), claimed::hasWaiting);
  }

  @Arbiter
  public void sleeps(ZZ_Result r) {
    r.r2 = core.idleWorkers.areThere();
  }
}
