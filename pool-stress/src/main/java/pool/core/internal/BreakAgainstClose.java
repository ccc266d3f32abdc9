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
 * A job that breaks the only worker against somebody who closes the pool: the job behind it is done
 * by another worker, and the close waits for that.
 */
@JCStressTest
@Outcome(id = "FAILED, SUCCESS, 2 = 1 \\+ 1", expect = Expect.ACCEPTABLE, desc = "As it is to be.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or the pool did not close by itself.")
@State
public class BreakAgainstClose {

  private volatile WorkerPool<String, String> pool;
  private CompletableFuture<String> breaking;
  private CompletableFuture<String> behind;
  private CloseReport report;

  @Actor
  public void owner() {
    WorkerPool<String, String> opened = Pools.open(1);
    breaking = opened.submit(Pools.BREAK);
    behind = opened.submit("job");
    pool = opened;
  }

  @Actor
  public void closer() {
    Waits.until(() -> pool != null);
    Threadless.delay();
    report = pool.shutdown(Duration.ofSeconds(10));
  }

  @Arbiter
  public void counts(LLL_Result r) {
    r.r1 = breaking.state().toString();
    r.r2 = behind.state().toString();
    r.r3 =
        report.isClean() && report.workers().getFirst().opened() == 2
            ? report.submitted() + " = " + report.succeeded() + " + " + report.failed()
            : report.toString();
  }
}
