package pool.core.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.core.CloseReport;
import pool.core.WorkerPool;

/**
 * Two owners that cancel a job, one of whom also stops it, while a pool does it: it succeeds or is
 * cancelled, for both of them and in the counts.
 */
@JCStressTest
@Outcome(id = "false, false, 1 = 1 \\+ 0", expect = Expect.ACCEPTABLE, desc = "It succeeded.")
@Outcome(id = "true, true, 1 = 0 \\+ 1", expect = Expect.ACCEPTABLE, desc = "It was cancelled.")
@Outcome(expect = Expect.FORBIDDEN, desc = "It was counted twice, or not as what it is.")
@State
public class CancelAgainstRunOnPool {

  private volatile CompletableFuture<String> future;
  private CloseReport report;

  @Actor
  public void owner(LLL_Result r) {
    WorkerPool<String, String> pool = Pools.open(1);
    future = pool.submit("job");
    Threadless.delay();
    r.r1 = future.cancel(true);
    report = pool.shutdown(Duration.ofSeconds(10));
  }

  @Actor
  public void otherOwner(LLL_Result r) {
    Waits.until(() -> future != null);
    Threadless.delay();
    r.r2 = future.cancel(false);
  }

  @Arbiter
  public void counts(LLL_Result r) {
    r.r3 =
        report.isClean()
            ? report.submitted() + " = " + report.succeeded() + " + " + report.cancelled()
            : report.toString();
  }
}
