package pool.core;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;

/**
 * A worker that has started a place and reads its job against somebody who cancels that run: what
 * the worker is about to run is the job, and nothing else.
 */
@JCStressTest
@org.openjdk.jcstress.annotations.Outcome(
    id = "job, true",
    expect = Expect.ACCEPTABLE,
    desc = "It runs its job, in vain.")
@org.openjdk.jcstress.annotations.Outcome(
    expect = Expect.FORBIDDEN,
    desc = "It runs what was put in the job's place.")
@State
public class ReadAgainstCancel {

  private final BulkCalls bulkCalls = new BulkCalls("job", "x");
  private final int first = bulkCalls.start(0);

  @Actor
  public void worker(LZ_Result r) {
    Object job = ((BulkCall<?, ?>) bulkCalls.bulk).job(first);
    r.r1 = job instanceof String ? job : job.getClass().getSimpleName();
  }

  @Actor
  public void owner(LZ_Result r) {
    r.r2 = bulkCalls.cancelRun(0);
  }
}
