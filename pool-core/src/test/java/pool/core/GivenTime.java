package pool.core;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a promise of time is judged by on a busy machine: how late threads are there that do what
 * the pool's do, at the same moment, without a pool. One is woken, as a worker is, and wakes
 * another, which sleeps until the time is over, and wakes the first, which tells.
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
    Runnable watches = () -> watching.schedule(() -> telling.execute(tells), nanos, NANOSECONDS);
    telling.execute(() -> watching.execute(watches));
    return late;
  }

  @Override
  public void close() {
    watching.shutdownNow();
    telling.shutdownNow();
  }
}
