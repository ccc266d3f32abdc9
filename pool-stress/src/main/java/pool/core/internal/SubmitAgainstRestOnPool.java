package pool.core.internal;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;
import pool.core.WorkerPool;

/** Two submitters against the two workers of a pool that go to rest: both jobs are done. */
@JCStressTest
@Outcome(id = "done, done", expect = Expect.ACCEPTABLE, desc = "Both jobs were done.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A wake-up is lost: a job was not done in time.")
@State
public class SubmitAgainstRestOnPool {

  private static final WorkerPool<String, String> POOL = Pools.open(2);

  @Actor
  public void submitter(LL_Result r) {
    r.r1 = submit();
  }

  @Actor
  public void otherSubmitter(LL_Result r) {
    r.r2 = submit();
  }

  private static String submit() {
    Threadless.delay();
    try {
      return POOL.submit("done").get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      return e.toString();
    }
  }
}
