package pool.spring;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.core.CloseReport;
import pool.core.PoolCloseException;
import pool.core.WorkerPool;

/**
 * Closes pools within the time that the container allows. Each pool logs how its closing went.
 *
 * <p>Jobs get four fifths of that time, or less if that would leave less than six seconds, and no
 * more than the pool's own {@code closeTimeout}; then they are stopped. The rest, at most half, is
 * for workers that do not come back at once; the pool abandons them after {@code cancelGrace}.
 */
final class PoolClosing {

  private static final Logger LOG = LoggerFactory.getLogger(PoolClosing.class);

  /** Platform threads, since workers may hold all threads that carry virtual ones. */
  private static final ThreadFactory CLOSERS =
      Thread.ofPlatform().daemon().name("pool-close-", 0).factory();

  /** The default time for a worker that does not come back, and one more second. */
  private static final Duration USUAL_GRACE = Duration.ofSeconds(6);

  private final Duration forJobs;

  /**
   * Makes a closing with a time limit.
   *
   * @param time how long the container waits for the pools to close
   */
  PoolClosing(Duration time) {
    Duration half = time.dividedBy(2);
    Duration grace = half.compareTo(USUAL_GRACE) < 0 ? half : USUAL_GRACE;
    Duration fifth = time.dividedBy(5);
    this.forJobs = time.minus(fifth.compareTo(grace) > 0 ? fifth : grace);
  }

  /**
   * Closes one pool after the other, since the workers of a pool may use pools that were made
   * before it. When the time for jobs is over, closes all remaining pools at once. When
   * interrupted, stops all jobs.
   *
   * @param pools the pools, the one that was made last first
   */
  void closeAll(List<WorkerPool<?, ?>> pools) {
    long end = System.nanoTime() + forJobs.toNanos();
    try (ExecutorService closers = Executors.newThreadPerTaskExecutor(CLOSERS)) {
      for (WorkerPool<?, ?> pool : pools) {
        await(closers.submit(() -> close(pool, left(end))), left(end));
      }
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private static void await(Future<?> closed, Duration limit) {
    try {
      closed.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException over) {
      // the next pool begins to close as well
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // now nothing waits any longer
    } catch (ExecutionException e) {
      LOG.warn("a pool could not be closed", e.getCause());
    }
  }

  /** Closes a single pool. */
  void close(WorkerPool<?, ?> pool) {
    close(pool, forJobs);
  }

  private static void close(WorkerPool<?, ?> pool, Duration limit) {
    try {
      CLOSERS.newThread(() -> closeInItsOwnTime(pool)).start(); // the earlier deadline wins
    } catch (OutOfMemoryError e) { // as when no thread can be had
      LOG.warn("pool '{}' closes without its own closeTimeout, since it got no thread", pool, e);
    }
    CloseReport _ = pool.shutdown(limit);
  }

  private static void closeInItsOwnTime(WorkerPool<?, ?> pool) {
    try {
      pool.close();
    } catch (PoolCloseException unclean) {
      // the pool itself has logged this
    }
  }
}
