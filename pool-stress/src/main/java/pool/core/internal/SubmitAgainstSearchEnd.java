package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.worker.WorkerThread;

/**
 * A submitter against the searcher that stops searching, while another worker sleeps: the submitter
 * leaves the job to the searcher only if that looks once more, so the sleeper is woken.
 */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The searcher saw the job.")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "The submitter woke the sleeper.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wake-up is lost: each left it to the other.")
@State
public class SubmitAgainstSearchEnd {

  private final PoolCore<String, String> core = Threadless.open(2, 4);
  private final WorkerThread<String, String> searcher = core.slots.getFirst().thread();

  public SubmitAgainstSearchEnd() {
    boolean _ = Threadless.fallsAsleepSeeing(core, core.slots.getLast().thread(), () -> false);
    boolean _ = searcher.parker().becomesSearcher(core.idleWorkers);
  }

  @Actor
  public void submitter() {
    JobFuture<String, String> _ = core.queue.submit("job");
  }

  @Actor
  public void searcher(ZZ_Result r) {
    if (searcher.parker().endsSearch()) {
      core.idleWorkers.endSearch();
      r.r1 = core.queue.hasJobs();
      if (r.r1) {
        core.idleWorkers.signal();
      }
    }
  }

  @Arbiter
  public void sleeps(ZZ_Result r) {
    r.r2 = core.idleWorkers.anySleeps();
  }
}
