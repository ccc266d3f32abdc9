package pool.core.internal;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.api.BatchWorker;
import pool.core.PoolStats;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.worker.WorkerRuns;
import pool.core.internal.worker.WorkerThread;

/**
 * A worker that tells of the jobs of a batch, against a closer whose deadline has passed: each job
 * succeeds or was cancelled by the close, and is counted as that alone.
 */
@JCStressTest
@Outcome(id = "SUCCESS, SUCCESS, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "SUCCESS, CANCELLED, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "CANCELLED, SUCCESS, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(id = "CANCELLED, CANCELLED, adds up", expect = Expect.ACCEPTABLE, desc = "Each once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or counted twice.")
@State
public class TellAgainstClose {

  private static final Aim AIM = new Aim();

  private final PoolCore<String, String> core = Threadless.openFor(this::runAll);
  private final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  private final JobFuture<String, String> first = core.queue.submit("one");
  private final JobFuture<String, String> second = core.queue.submit("two");
  private final Work<String, String> work = core.dispatcher.next(worker);
  private final long number = worker.counters().sequence() + 1; // of the run

  private void runAll(List<String> jobs, BatchWorker.Results<String> results) {
    if (jobs.size() > 1) {
      AIM.delay(); // the other has more to do
      AIM.wasLate(first.isSettled());
    }
    for (int i = 0; i < jobs.size(); i++) {
      results.succeeded(i, jobs.get(i));
    }
  }

  @Actor
  public void worker() {
    BatchWorker<String, String> batches = this::runAll;
    Throwable _ = WorkerRuns.run(worker, batches, work);
  }

  @Actor
  public void closer() {
    Waits.until(() -> worker.counters().sequence() >= number);
    core.closing.begin();
    boolean _ = core.closing.stop(false);
  }

  @Arbiter
  public void counts(LLL_Result r) {
    Waits.until(() -> first.isDone() && second.isDone()); // a thread may be about to tell
    core.helperExecutor.close();
    PoolStats stats = core.stats();
    r.r1 = first.state().toString();
    r.r2 = second.state().toString();
    long lost = stats.cancelled();
    r.r3 =
        stats.queued() + stats.running() == 0 && stats.submitted() == stats.succeeded() + lost
            ? "adds up"
            : stats.toString();
  }
}
