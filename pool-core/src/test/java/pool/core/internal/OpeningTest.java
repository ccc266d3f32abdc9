package pool.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.core.Await;
import pool.core.TestSettings;
import pool.core.WorkerPool;
import pool.core.internal.discovery.OptionValues;

/** Pools that open, and that nobody gets. */
@Timeout(60)
class OpeningTest {

  @Test
  void withoutMemoryForWhatTheApplicationHoldsOfAPoolItsWorkersAreClosed() throws Exception {
    AtomicInteger closed = new AtomicInteger();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "unheld",
            String.class,
            String.class,
            _ ->
                new Worker<>() {
                  @Override
                  public String run(String job) {
                    return job;
                  }

                  @Override
                  public void close() {
                    closed.incrementAndGet();
                  }
                });
    OutOfMemoryError none = new OutOfMemoryError("none left");
    OutOfMemoryError thrown =
        assertThrows(
            OutOfMemoryError.class,
            () ->
                PoolCore.open(
                    factory,
                    OptionValues.NONE,
                    TestSettings.of(WorkerPool.of(factory).workers(3)),
                    _ -> {
                      throw none;
                    }));
    assertSame(none, thrown);
    assertEquals(3, closed.get());
    Await.noThreadOf("unheld");
  }
}
