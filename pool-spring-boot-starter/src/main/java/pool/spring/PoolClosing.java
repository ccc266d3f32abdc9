package pool.spring;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.core.CloseReport;
import pool.core.PoolCloseException;
import pool.core.WorkerPool;

/**
 * Closes pools within the time that the container gives, and logs once how that was.
 *
 * <p>Of that time the jobs have four fifths, and no more than the pool's own {@code closeTimeout};
 * then they are stopped. The rest is for workers that do not come back at once, which are abandoned
 * after {@code cancelGrace}.
 */
final class PoolClosing {

  private static final Logger LOG = LoggerFactory.getLogger(PoolClosing.class);

  private final Duration forJobs;
  private final Set<WorkerPool<?, ?>> logged =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  /**
   * Closes pools.
   *
   * @param time how long the container waits for that
   */
  PoolClosing(Duration time) {
    this.forJobs = time.multipliedBy(4).dividedBy(5);
  }

  /**
   * Closes one after the other, since the workers of a pool may use those that were made before it;
   * when the time for jobs is over, all that are left at once. Interrupted, it stops all jobs.
   *
   * @param pools the last to be made first
   */
  void closeAll(List<WorkerPool<?, ?>> pools) {
    long end = System.nanoTime() + forJobs.toNanos();
    try (ExecutorService closers = Executors.newVirtualThreadPerTaskExecutor()) {
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
      // the next begins to close as well
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // then nothing is waited for
    } catch (ExecutionException e) {
      LOG.warn("a pool could not be closed", e.getCause());
    }
  }

  /** Closes a pool of which nobody else is going to be closed. */
  void close(WorkerPool<?, ?> pool) {
    close(pool, forJobs);
  }

  private void close(WorkerPool<?, ?> pool, Duration limit) {
    Thread.startVirtualThread(() -> closeInItsOwnTime(pool)); // the earlier deadline wins
    CloseReport report = pool.shutdown(limit);
    if (!logged.add(pool)) {
      return;
    }
    if (report.isClean()) {
      LOG.info("{}", report);
    } else {
      LOG.warn("{}", report);
    }
  }

  private static void closeInItsOwnTime(WorkerPool<?, ?> pool) {
    try {
      pool.close();
    } catch (PoolCloseException unclean) {
      // the report is the same for all who close, and logged by who waits for it
    }
  }
}
