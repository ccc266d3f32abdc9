package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import pool.core.internal.worker.WorkerThread;

/** A closer against a worker that goes to rest: the worker ends, and does not sleep. */
@JCStressTest
@Outcome(id = "ended, -", expect = Expect.ACCEPTABLE, desc = "The worker ended.")
@Outcome(expect = Expect.FORBIDDEN, desc = "The wake-up is lost: the worker sleeps for ever.")
@State
public class CloseAgainstRest {

  private static final Aim AIM = new Aim();

  private final PoolCore<String, String> core = Threadless.open(1, 4);
  private final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  private volatile boolean ended;
  private boolean slept;

  @Actor
  public void closer(LL_Result r) {
    AIM.delay();
    AIM.wasLate(core.idleWorkers.anySleeps());
    core.closing.begin();
    Waits.until(() -> ended || wakes());
    r.r1 = slept ? "lost" : "ended";
  }

  /** Wakes the worker if it sleeps, so that the other actor ends. */
  private boolean wakes() {
    slept = Threadless.wake(core, worker);
    return slept;
  }

  @Actor
  public void worker(LL_Result r) {
    r.r2 = core.dispatcher.next(worker) == null ? "-" : "job";
    ended = true;
  }
}
