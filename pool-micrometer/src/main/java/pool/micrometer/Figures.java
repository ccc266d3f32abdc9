package pool.micrometer;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import pool.core.PoolState;
import pool.core.PoolStats;
import pool.core.WorkerPool;
import pool.core.WorkerState;
import pool.core.WorkerStats;

/**
 * The figures that a registry asks for. A registry asks for a dozen, one after the other, and a
 * pool answers each time by looking at every worker under its lock; so one reading serves for a
 * tenth of a second. Refers to the pool weakly, since it may be forgotten, and to no job.
 */
final class Figures {

  private static final long FRESH = Duration.ofMillis(100).toNanos();

  private final WeakReference<WorkerPool<?, ?>> pool;
  private Reading last;
  private long readAt;

  Figures(WorkerPool<?, ?> pool) {
    this.pool = new WeakReference<>(pool);
    this.last = read(pool);
    this.readAt = System.nanoTime();
  }

  /** A pool at one moment. */
  record Reading(Jobs jobs, Workers workers, boolean degraded) {}

  /** Counts of jobs, as in {@link PoolStats}. */
  record Jobs(
      long submitted,
      long queued,
      long running,
      long succeeded,
      long failed,
      long cancelled,
      long notStarted,
      long retried) {}

  /** How many workers are in each state, and how many were opened. */
  record Workers(Map<WorkerState, Integer> states, long opened) {}

  /** A current figure; NaN, which means none, when the pool is gone. */
  double gauge(ToDoubleFunction<Reading> figure) {
    Reading now = now();
    return now == null ? Double.NaN : figure.applyAsDouble(now);
  }

  /** A figure that only grows; its last value when the pool is gone. */
  double counter(ToDoubleFunction<Reading> figure) {
    Reading now = now();
    return figure.applyAsDouble(now == null ? last() : now);
  }

  private synchronized Reading last() {
    return last;
  }

  private synchronized @Nullable Reading now() {
    WorkerPool<?, ?> there = pool.get();
    if (there == null) {
      return null;
    }
    if (System.nanoTime() - readAt > FRESH) {
      last = read(there);
      readAt = System.nanoTime();
    }
    return last;
  }

  private Reading read(WorkerPool<?, ?> there) {
    PoolStats stats = there.stats();
    return new Reading(
        new Jobs(
            stats.submitted(),
            stats.queued(),
            stats.running(),
            stats.succeeded(),
            stats.failed(),
            stats.cancelled(),
            stats.notStarted(),
            stats.retried()),
        workers(stats),
        stats.state() == PoolState.DEGRADED);
  }

  private static Workers workers(PoolStats stats) {
    Map<WorkerState, Integer> states = new EnumMap<>(WorkerState.class);
    long opened = 0;
    for (WorkerStats worker : stats.workers()) {
      states.merge(worker.state(), 1, Integer::sum);
      opened += worker.opened();
    }
    return new Workers(states, opened);
  }
}
