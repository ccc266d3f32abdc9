package pool.core.internal;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkOfTwo;

/**
 * A worker that has started a position and reads its job against somebody who cancels that run:
 * what the worker is about to run is the job, and nothing else.
 */
@JCStressTest
@Outcome(id = "job, true", expect = Expect.ACCEPTABLE, desc = "It runs its job, in vain.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It runs what was put in the job's place.")
@State
public class ReadAgainstCancel {

  private final BulkOfTwo two = new BulkOfTwo("job", "x");
  private final int first = two.start(0);

  @Actor
  public void worker(LZ_Result r) {
    Object job = ((BulkCall<?, ?>) two.bulk).job(0, first);
    r.r1 = job instanceof String ? job : job.getClass().getSimpleName();
  }

  @Actor
  public void owner(LZ_Result r) {
    r.r2 = two.cancelRun(0);
  }
}
