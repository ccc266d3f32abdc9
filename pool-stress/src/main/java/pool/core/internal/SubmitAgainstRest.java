package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.worker.WorkerThread;

/** A submitter against a worker that goes to rest: the worker gets the job, and does not sleep. */
@JCStressTest
@Outcome(id = "found, job", expect = Expect.ACCEPTABLE, desc = "The worker got the job.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wake-up is lost: the job waits, the worker sleeps.")
@State
public class SubmitAgainstRest {

  private static final Aim AIM = new Aim();

  private final PoolCore<String, String> core = Threadless.open(1, 4);
  private final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  private volatile boolean found;

  @Actor
  public void submitter(LL_Result r) {
    AIM.delay();
    AIM.wasLate(core.idleWorkers.anySleeps());
    JobFuture<String, String> _ = core.queue.submit("job");
    Waits.until(() -> found || sleepsOn());
    r.r1 = found ? "found" : "lost";
    boolean _ = Threadless.wake(core, worker); // so that the other actor ends
  }

  /** Whether it sleeps though there is a job: the submit has returned, nobody else will wake it. */
  private boolean sleepsOn() {
    try (var _ = core.lock.hold()) {
      return core.idleWorkers.anySleeps() && core.queue.hasJobs();
    }
  }

  @Actor
  public void worker(LL_Result r) {
    r.r2 =
        core.dispatcher.next(worker) instanceof JobFuture<String, String> future
            ? future.job()
            : "-";
    found = true;
  }
}
