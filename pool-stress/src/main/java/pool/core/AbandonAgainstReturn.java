package pool.core;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/**
 * The supervisor, which no longer waits for a run that has timed out, against that run, which
 * returns at last: the worker goes on or another has its slot, and the slot's next job is done.
 */
@JCStressTest
@Outcome(id = "goes on, SUCCESS, 0", expect = Expect.ACCEPTABLE, desc = "It was back in time.")
@Outcome(id = "abandoned, SUCCESS, 1", expect = Expect.ACCEPTABLE, desc = "It was replaced.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or a worker that is back abandoned.")
@State
public class AbandonAgainstReturn {

  private final PoolCore<String, String> core = Threadless.openWithTimeout(1);
  private final WorkerThread<String, String> worker = core.workers.getFirst();
  private final JobFuture<String, String> late = core.admission.submit("late");
  private final Work<String, String> work = core.dispatcher.next(worker);
  private boolean wasBack;

  public AbandonAgainstReturn() {
    core.canceller.timeOut(worker, worker.counters.started());
    Waits.until(late::isDone);
  }

  @Actor
  public void worker() {
    Throwable _ = worker.runner.run(Threadless.WORKER, work);
    wasBack = !worker.isGone();
  }

  @Actor
  public void supervisor() {
    core.abandonments.of(worker, () -> worker.runner.isLateFor(0));
  }

  @Arbiter
  public void next(LLL_Result r) {
    JobFuture<String, String> next = core.admission.submit("next", 0);
    if (worker.isGone()) {
      Waits.until(next::isDone); // by its successor, which has a thread
    } else {
      Threadless.doOne(core);
      core.replacement.ended(worker);
    }
    r.r1 = !worker.isGone() ? "goes on" : wasBack ? "abandoned though back" : "abandoned";
    r.r2 = next.state().toString();
    r.r3 = core.closing.shutdown(Duration.ofSeconds(10)).abandoned().size();
  }
}
