package pool.core.internal;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.util.TaskList;
import pool.core.internal.worker.WorkerRuns;
import pool.core.internal.worker.WorkerThread;

/**
 * The supervisor, which no longer waits for a run that has timed out, against that run, which
 * returns at last: the worker goes on or another has its slot, and the next job of its key is done.
 */
@JCStressTest
@Outcome(id = "goes on, SUCCESS, 0", expect = Expect.ACCEPTABLE, desc = "It was back in time.")
@Outcome(id = "abandoned, SUCCESS, 1", expect = Expect.ACCEPTABLE, desc = "It was replaced.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or a worker that is back abandoned.")
@State
public class AbandonAgainstReturn {

  private static final int KEY = 0; // which is held by a worker that is abandoned
  private static final Aim AIM = new Aim();

  private final PoolCore<String, String> core = Threadless.openWithTimeout(1);
  private final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  private final JobFuture<String, String> late = core.queue.submit("late", KEY);
  private final Work<String, String> work = core.dispatcher.next(worker);
  private final JobFuture<String, String> next = core.queue.submit("next", KEY);
  private volatile boolean isLate;
  private boolean wasBack;

  @Actor
  public void worker() {
    Throwable _ = WorkerRuns.run(worker, this::runUntilLate, work);
    wasBack = !worker.isGone();
  }

  private String runUntilLate(String job) {
    TaskList toStop = new TaskList(); // as the supervisor would
    core.settler.timeOut(new long[] {worker.counters().sequence()}, toStop);
    core.settler.stopRuns(toStop);
    isLate = true;
    AIM.delay(); // the supervisor has more to do
    AIM.wasLate(worker.isGone());
    return job;
  }

  @Actor
  public void supervisor() {
    Waits.until(() -> isLate);
    core.abandonment.abandonAndReplace(worker, () -> worker.runner().runStop().isLateFor(0));
  }

  @Arbiter
  public void next(LLL_Result r) {
    Waits.until(late::isDone); // a thread may be about to tell
    if (worker.isGone()) {
      Waits.until(next::isDone); // by its successor, which has a thread
    } else {
      Threadless.doOne(core);
      core.slotFiller.ended(worker);
    }
    r.r1 = !worker.isGone() ? "goes on" : wasBack ? "abandoned though back" : "abandoned";
    r.r2 = next.state().toString();
    r.r3 = core.closing.shutdown(Duration.ofSeconds(10)).abandoned().size();
  }
}
