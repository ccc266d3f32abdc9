package pool.flink;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/**
 * What travels to a task to open its pool there: names and numbers, no objects of a plugin. Its
 * text has no options, of which some are secret.
 *
 * @param <J> the jobs
 * @param <R> the results
 * @param name of the pool, by which its workers are named
 * @param factory its name
 * @param jobType what it takes
 * @param resultType what it gives
 * @param options of the factory, as text
 * @param workers of the task, at least 1
 * @param threads what they live on
 * @param capacity the most jobs under way, at least 1
 * @param maxAttempts of a job that breaks its worker, at least 1
 * @param jobTimeout null for none
 * @param openTimeout positive
 * @param closeTimeout positive
 */
record PoolSettings<J, R>(
    String name,
    String factory,
    Class<J> jobType,
    Class<R> resultType,
    Map<String, String> options,
    int workers,
    ThreadKind threads,
    int capacity,
    int maxAttempts,
    @Nullable Duration jobTimeout,
    Duration openTimeout,
    Duration closeTimeout)
    implements Serializable {

  /** What a worker has to come back after it was stopped. */
  static final Duration CANCEL_GRACE = Duration.ofSeconds(30);

  /** Flink halts a process five seconds after SIGTERM, so workers get to close before that. */
  private static final Duration CLOSE_ON_EXIT = Duration.ofSeconds(1);

  /**
   * A pool of this factory, to be opened.
   *
   * @param found the factory
   * @param loader what the workers' threads have as their context class loader: plugins and their
   *     libraries look for services there
   */
  WorkerPool.Builder<J, R> pool(WorkerFactory<J, R> found, ClassLoader loader) {
    WorkerFactory<J, R> underLoader =
        WorkerFactory.of(
            found.name(),
            jobType,
            resultType,
            found.options(),
            context -> {
              Thread.currentThread().setContextClassLoader(loader); // the thread ends with its slot
              return new MarkedWorker<>(found.open(context));
            });
    WorkerPool.Builder<J, R> pool =
        WorkerPool.of(underLoader)
            .workers(workers)
            .threads(threads)
            .options(options)
            .queueCapacity(capacity) // Flink hands over no more, so that submit never waits
            .maxAttempts(maxAttempts)
            .openTimeout(openTimeout)
            .cancelGrace(CANCEL_GRACE)
            .closeOnExit(CLOSE_ON_EXIT);
    return jobTimeout == null ? pool : pool.jobTimeout(jobTimeout);
  }

  @Override
  public String toString() {
    return "PoolSettings[%s, %d workers]".formatted(name, workers);
  }
}
