package pool.flink;

import java.io.Serializable;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/**
 * What travels to a task to open its pool there: names and numbers, but no objects of a plugin. Its
 * text omits the options, since some are secret.
 *
 * @param <J> the jobs
 * @param <R> the results
 * @param name the pool's name, the prefix of its workers' names
 * @param factory the factory's name
 * @param jobType the type of the jobs
 * @param resultType the type of the results
 * @param options the factory's options, as text
 * @param workers the number of workers of a task, at least 1
 * @param threads the kind of threads that they run on
 * @param capacity the most jobs under way, at least 1
 * @param maxOutcomeBytes the most bytes of an outcome, at least 1
 * @param maxAttempts how often to run a job that breaks its worker, at least 1
 * @param maxRetries how often to put off a job that asks for that, at least 0
 * @param jobTimeout null for no limit
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
    long maxOutcomeBytes,
    int maxAttempts,
    int maxRetries,
    @Nullable Duration jobTimeout,
    Duration openTimeout,
    Duration closeTimeout)
    implements Serializable {

  /** How long a worker that was stopped has to come back. */
  static final Duration CANCEL_GRACE = Duration.ofSeconds(30);

  /** Flink halts a process five seconds after SIGTERM, so workers get to close before that. */
  private static final Duration CLOSE_ON_EXIT = Duration.ofSeconds(1);

  /**
   * Returns the builder of a pool with this factory.
   *
   * @param found the factory
   * @param loader the context class loader of the workers' threads, where plugins and their
   *     libraries look for services
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
            .queueCapacity(capacity) // Flink passes no more, so submit never waits
            .maxAttempts(maxAttempts)
            .maxRetries(maxRetries)
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
