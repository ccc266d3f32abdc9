package pool.core.internal.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import pool.core.internal.job.JobFuture;

/** A batch whose run has returned, without a pool. */
@SuppressWarnings("NullAway") // no future is cancelled here
class BatchOfOneSlotTest {

  private static final int SLOT = 3;
  private static final int OTHER = 2;

  private final JobFuture<String, Integer> future = new JobFuture<>(null, "job");
  private final Batch<String, Integer> batch = new Batch<>(1);

  @Test
  void itLetsGoOfAJobThatSettledWhileItRan() {
    assertTrue(future.start(SLOT));
    batch.add(future);
    assertTrue(future.cancelRun(SLOT));
    batch.settledRunReturned(SLOT, false);
    assertThrows(NullPointerException.class, future::job);
  }

  /** Its worker has started it, and is about to read it. */
  @Test
  void itDoesNotLetGoOfAJobThatRunsElsewhereByNow() {
    assertTrue(future.start(SLOT));
    batch.add(future);
    assertTrue(future.waitAgain(SLOT));
    assertTrue(future.start(OTHER));
    assertTrue(future.cancelRun(OTHER));
    batch.settledRunReturned(SLOT, false);
    assertEquals("job", future.job());
  }
}
