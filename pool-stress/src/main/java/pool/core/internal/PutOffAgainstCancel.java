package pool.core.internal;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.core.PoolStats;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.worker.WorkerRuns;
import pool.core.internal.worker.WorkerThread;

/**
 * A worker whose run puts its job off, against somebody who cancels the job: while it waits, while
 * it runs, or in between. It is cancelled and counted once, and the job of its key behind it is
 * done.
 */
@JCStressTest
@Outcome(id = "CANCELLED, SUCCESS, adds up", expect = Expect.ACCEPTABLE, desc = "As it should.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or counted twice.")
@State
public class PutOffAgainstCancel {

  private static final Aim AIM = new Aim();
  private static final RetryLaterException LATER = new RetryLaterException(Duration.ZERO);

  private final PoolCore<String, String> core = Threadless.open(1, 4);
  private final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  private final JobFuture<String, String> future = core.queue.submit("put off", 7);
  private final JobFuture<String, String> behind = core.queue.submit("behind", 7);
  private final Work<String, String> work = core.dispatcher.next(worker);

  @Actor
  public void worker() {
    Worker<String, String> later =
        _ -> {
          throw LATER;
        };
    Throwable _ = WorkerRuns.run(worker, later, work);
    AIM.wasLate(future.isSettled());
  }

  @Actor
  public void owner() {
    AIM.delay();
    boolean _ = future.cancel(false);
  }

  @Arbiter
  public void counts(LLL_Result r) {
    Threadless.doOne(core); // what is behind it, without waiting for the time of the first
    core.helperExecutor.close();
    PoolStats stats = core.stats();
    r.r1 = future.state().toString();
    r.r2 = behind.state().toString();
    r.r3 =
        stats.queued() + stats.running() == 0
                && stats.cancelled() == 1
                && stats.submitted() == stats.succeeded() + 1
            ? "adds up"
            : stats.toString();
  }
}
