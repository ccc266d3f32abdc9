package pool.core;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a promise of time is judged by on a busy machine: the time that threads get there which do
 * the same as the pool's, at the same moment, without a pool. One begins to watch, sleeps until the
 * time is over, and wakes another that tells.
 */
final class GivenTime implements AutoCloseable {

  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final ExecutorService telling =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());

  /** Begins now; by how many nanoseconds it is told later than after that time. */
  CompletableFuture<Long> latenessOf(Duration time) {
    long began = System.nanoTime();
    long nanos = time.toNanos();
    CompletableFuture<Long> late = new CompletableFuture<>();
    Runnable tells = () -> late.complete(System.nanoTime() - began - nanos);
    watching.execute(() -> watching.schedule(() -> telling.execute(tells), nanos, NANOSECONDS));
    return late;
  }

  @Override
  public void close() {
    watching.shutdownNow();
    telling.shutdownNow();
  }
}
