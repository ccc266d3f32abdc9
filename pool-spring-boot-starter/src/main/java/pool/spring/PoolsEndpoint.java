package pool.spring;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import pool.api.internal.SafeText;
import pool.core.PoolClosedException;
import pool.core.PoolState;
import pool.core.PoolStats;
import pool.core.ReplaceReport;
import pool.core.WorkerPool;
import pool.core.WorkerState;
import pool.core.WorkerStats;

/**
 * Shows what the workers of each pool do and, if access is granted, replaces a pool's workers.
 *
 * <p>Jobs are shown only if the application asks for it: their text may be anything, such as a
 * customer's name. Credentials in URLs are hidden even then.
 */
@Endpoint(id = "pools", defaultAccess = Access.READ_ONLY)
final class PoolsEndpoint {

  private final Pools pools;
  private final PoolFailures failures;
  private final boolean showJobs;
  private final Duration replaceTimeout;

  PoolsEndpoint(Pools pools, PoolFailures failures, boolean showJobs, Duration replaceTimeout) {
    this.pools = pools;
    this.failures = failures;
    this.showJobs = showJobs;
    this.replaceTimeout = replaceTimeout;
  }

  /** All pools by name, in the order in which they were made. */
  record Descriptor(Map<String, PoolDescriptor> pools) {}

  /** A pool at one moment; the counts are those of {@link PoolStats}. */
  record PoolDescriptor(
      PoolState state,
      long queued,
      long running,
      long submitted,
      long succeeded,
      long failed,
      long cancelled,
      long notStarted,
      long retried,
      PoolFailures.@Nullable Failure lastFailure,
      List<WorkerDescriptor> workers) {}

  /**
   * A slot and its worker.
   *
   * @param currentJob what the worker runs, as text, if jobs are shown
   */
  record WorkerDescriptor(
      String name,
      WorkerState state,
      long jobs,
      long failures,
      int opened,
      @Nullable Instant currentJobSince,
      @Nullable String currentJob) {}

  /**
   * The result of a replacement.
   *
   * @param cause why it ended early
   */
  record ReplaceDescriptor(int replaced, int left, boolean complete, @Nullable String cause) {

    /** The call was interrupted only if its time, the limit, was over. */
    static ReplaceDescriptor of(ReplaceReport report, Duration limit) {
      String cause =
          report
              .cause()
              .map(why ->
                  why instanceof InterruptedException
                      ? "not complete within " + limit
                      : SafeText.of(why))
              .orElse(null);
      return new ReplaceDescriptor(report.replaced(), report.left(), report.isComplete(), cause);
    }
  }

  /** All pools. */
  @ReadOperation
  Descriptor pools() {
    Map<String, PoolDescriptor> all = new LinkedHashMap<>();
    pools.all().forEach(pool -> all.put(pool.name(), describe(pool)));
    return new Descriptor(all);
  }

  /** One pool; null, which makes the response 404, when there is no pool of that name. */
  @ReadOperation
  @Nullable PoolDescriptor pool(@Selector String name) {
    return pools.find(name).map(this::describe).orElse(null);
  }

  /**
   * Replaces the workers of a pool, one after the other. Waits for a limited time: workers that are
   * busy for longer are not replaced.
   *
   * @throws InvalidEndpointRequestException when there is no such pool, or it is closing
   */
  @WriteOperation
  ReplaceDescriptor replaceWorkers(@Selector String name) throws InterruptedException {
    WorkerPool<?, ?> pool =
        pools
            .find(name)
            .orElseThrow(() ->
                refused(
                    "no pool is named '%s'; there are %s"
                        .formatted(name, pools.all().stream().map(WorkerPool::name).toList())));
    return replaceWorkers(pool, replaceTimeout);
  }

  /** Replaces on another thread, which is interrupted when the time is over. */
  private static ReplaceDescriptor replaceWorkers(WorkerPool<?, ?> pool, Duration within)
      throws InterruptedException {
    FutureTask<ReplaceReport> replacing = new FutureTask<>(pool::replaceWorkers);
    Thread thread = Thread.ofPlatform().daemon().name("pools-replace").start(replacing);
    try {
      if (!thread.join(within)) {
        thread.interrupt();
      }
      return ReplaceDescriptor.of(replacing.get(), within);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PoolClosedException) {
        throw refused(
            "pool '%s' is closing: its workers are not replaced any more".formatted(pool.name()));
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      thread.interrupt(); // in case this thread was interrupted
    }
  }

  private static InvalidEndpointRequestException refused(String why) {
    return new InvalidEndpointRequestException(why, why);
  }

  private PoolDescriptor describe(WorkerPool<?, ?> pool) {
    PoolStats stats = pool.stats();
    return new PoolDescriptor(
        stats.state(),
        stats.queued(),
        stats.running(),
        stats.submitted(),
        stats.succeeded(),
        stats.failed(),
        stats.cancelled(),
        stats.notStarted(),
        stats.retried(),
        failures.last(pool.name()).orElse(null),
        stats.workers().stream().map(this::describe).toList());
  }

  private WorkerDescriptor describe(WorkerStats worker) {
    return new WorkerDescriptor(
        worker.name(),
        worker.state(),
        worker.jobs(),
        worker.failures(),
        worker.opened(),
        worker.currentJobSince().orElse(null),
        showJobs ? worker.currentJobText().orElse(null) : null);
  }
}
