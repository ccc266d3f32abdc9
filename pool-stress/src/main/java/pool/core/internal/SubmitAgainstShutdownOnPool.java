package pool.core.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import pool.core.CloseReport;
import pool.core.PoolClosedException;
import pool.core.WorkerPool;

/**
 * A submitter against somebody who closes the pool and waits: what was accepted is done before the
 * close returns, and counted; what was refused is not.
 */
@JCStressTest
@Outcome(id = "done, 1 = 1", expect = Expect.ACCEPTABLE, desc = "It was accepted.")
@Outcome(id = "refused, 0 = 0", expect = Expect.ACCEPTABLE, desc = "It was refused.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A job was lost, or the pool did not close by itself.")
@State
public class SubmitAgainstShutdownOnPool {

  private volatile WorkerPool<String, String> pool;
  private CompletableFuture<String> future;
  private CloseReport report;

  @Actor
  public void submitter() {
    WorkerPool<String, String> opened = Pools.open(1);
    CompletableFuture<String> first = opened.submit("first"); // grants the permits
    pool = opened;
    Waits.until(first::isDone);
    try {
      future = opened.submit("job");
    } catch (PoolClosedException e) {
      // the other was first
    }
  }

  @Actor
  public void closer() {
    Waits.until(() -> pool != null);
    Threadless.delay();
    report = pool.shutdown(Duration.ofSeconds(10));
  }

  @Arbiter
  public void counts(LL_Result r) {
    r.r1 = future == null ? "refused" : future.isDone() ? future.join() + "" : "lost";
    r.r1 = "job".equals(r.r1) ? "done" : r.r1;
    r.r2 =
        report.isClean()
            ? report.submitted() - 1 + " = " + (report.succeeded() - 1)
            : report.toString();
  }
}
