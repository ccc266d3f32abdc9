package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.Parker;
import pool.core.internal.queue.Ring;
import pool.core.internal.util.PoolLock;

/**
 * A submitter that fills a place and looks for a sleeper against a worker that enters itself and
 * looks for an item: not both see nothing. The core of {@link SubmitAgainstSleep}, without a pool
 * around it, so that it meets more often.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "Each saw the other.")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The submitter saw the sleeper.")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The worker saw the item.")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "The wake-up is lost.")
@State
public class OfferAgainstSleep {

  // Of the one actor; it is entered again and again, and nobody wakes it:
  private static final Parker WORKER = new Parker(new PoolLock());

  private final Ring<String> ring = new Ring<>(2);
  private final IdleWorkers idleWorkers = new IdleWorkers(new PoolLock(), 1);

  public OfferAgainstSleep() {
    ring.grant(1);
  }

  @Actor
  public void submitter(ZZ_Result r) {
    boolean _ = ring.offer("item");
    r.r1 = idleWorkers.anySleeps();
  }

  @Actor
  public void worker(ZZ_Result r) {
    idleWorkers.add(WORKER, false);
    r.r2 = ring.hasItems();
  }
}
