package pool.spring;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import pool.core.PoolStats;
import pool.core.WorkerPool;
import pool.core.WorkerState;
import pool.core.WorkerStats;

/**
 * The health of each pool, under its name, as a load balancer needs it.
 *
 * <ul>
 *   <li>Open: UP.
 *   <li>Degraded, which means that only some workers are open: UP as well, with the state in the
 *       details. Jobs are done, only fewer at a time. When a server that all instances use loses
 *       some connections, every instance is degraded. If each reported OUT_OF_SERVICE, the balancer
 *       would have nowhere to go, and a slow service would become none. A special status, such as
 *       DEGRADED, would be lost when statuses are aggregated, because aggregation ranks only the
 *       statuses it knows.
 *   <li>Broken, which means that no worker is open, because they failed or none has been opened
 *       yet: DOWN. Jobs only wait here, and fail after {@code openTimeout}; another instance may do
 *       better.
 *   <li>Closing or closed: OUT_OF_SERVICE, since the pool accepts no job.
 * </ul>
 */
final class PoolsHealthContributor implements CompositeHealthContributor {

  private static final Set<WorkerState> OPEN =
      EnumSet.of(WorkerState.IDLE, WorkerState.RUNNING, WorkerState.CALLBACK, WorkerState.PINGING);

  private final Map<String, NoneOpen> noneOpen = new ConcurrentHashMap<>(); // by pool
  private final Pools pools;
  private final PoolFailures failures;
  private final Duration grace; // how long a pool may be without a worker

  PoolsHealthContributor(Pools pools, PoolFailures failures, Duration grace) {
    this.pools = pools;
    this.failures = failures;
    this.grace = grace;
  }

  @Override
  public @Nullable HealthContributor getContributor(String name) {
    return pools.find(name).<HealthContributor>map(this::indicator).orElse(null);
  }

  @Override
  public Stream<HealthContributors.Entry> stream() {
    return pools.all().stream()
        .map(pool -> new HealthContributors.Entry(pool.name(), indicator(pool)));
  }

  private HealthIndicator indicator(WorkerPool<?, ?> pool) {
    return () -> health(pool.name(), pool.stats());
  }

  private Health health(String name, PoolStats stats) {
    long open = stats.workers().stream().filter(worker -> OPEN.contains(worker.state())).count();
    Health.Builder health =
        switch (stats.state()) {
          case CLOSING, CLOSED -> Health.outOfService();
          case OPENING, OPEN, DEGRADED ->
              open == 0 && isBroken(name, stats) ? Health.down() : Health.up();
        };
    health
        .withDetail("state", stats.state())
        .withDetail("workers", "%d of %d open".formatted(open, stats.workers().size()))
        .withDetail("queued", stats.queued())
        .withDetail("running", stats.running());
    failures
        .last(name)
        .ifPresent(last ->
            health.withDetail(
                "lastFailure", "%s %s, at %s".formatted(last.worker(), last.what(), last.at())));
    return health.build();
  }

  /**
   * A pool that only recycles its workers has none for a moment, and is well. It is broken if one
   * has failed, if none was ever opened, or if that moment lasts: a {@code close} or an {@code
   * open} may hang.
   */
  private boolean isBroken(String name, PoolStats stats) {
    long opened = stats.workers().stream().mapToLong(WorkerStats::opened).sum();
    NoneOpen since =
        noneOpen.compute(
            name,
            (_, last) ->
                last != null && last.opened() == opened
                    ? last
                    : new NoneOpen(opened, System.nanoTime()));
    return opened == 0
        || failures.hasFailed(name).orElse(false)
        || System.nanoTime() - since.nanos() > grace.toNanos();
  }

  /** When a pool was first seen without an open worker, after it had opened so many. */
  private record NoneOpen(long opened, long nanos) {}
}
