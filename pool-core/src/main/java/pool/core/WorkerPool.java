package pool.core;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.WorkerFactory;

/**
 * Runs jobs with workers that each own a resource: opened once, on the worker's own thread, used
 * for many jobs, and closed once, after all that was accepted is done.
 *
 * {@snippet :
 * try (WorkerPool<URI, Stored> pool = WorkerPool.named("download", URI.class, Stored.class)
 *     .workers(64)
 *     .option("database", "jdbc:sqlite:store.db")
 *     .open()) {
 *   List<Stored> all = pool.map(uris);
 * }
 * }
 *
 * <p>Safe for use by many threads. Jobs are not null; results may be. The futures that it returns
 * may be cancelled: {@code cancel(false)} withdraws a waiting job and drops the result of a running
 * one, {@code cancel(true)} also stops the run; completing a future by hand counts as {@code
 * cancel(true)}.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public final class WorkerPool<J, R> implements AutoCloseable {

  private final PoolCore<J, R> core;

  private WorkerPool(PoolCore<J, R> core) {
    this.core = core;
  }

  /**
   * Begins to build a pool over a factory.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factory opens the workers
   * @return a builder with all defaults
   */
  public static <J, R> Builder<J, R> of(WorkerFactory<J, R> factory) {
    return new Builder<>(factory);
  }

  /**
   * Begins to build a pool over a factory that a plugin provides, as {@link WorkerFactories#load()}
   * finds it.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the factory's name
   * @param jobType the factory's job type, or a subtype
   * @param resultType the factory's result type, or a supertype
   * @return a builder with all defaults
   * @throws NoSuchFactoryException when no factory has that name
   * @throws DuplicateFactoryException when several have
   * @throws IllegalArgumentException when its types are others
   */
  public static <J, R> Builder<J, R> named(String name, Class<J> jobType, Class<R> resultType) {
    return of(WorkerFactories.load().factory(name, jobType, resultType));
  }

  /**
   * Does all jobs and returns their results in order. The first failure in time stops the batch:
   * running jobs are cancelled, the others returned. The batch takes no places in the queue.
   *
   * @param jobs what to do
   * @return the results, unmodifiable
   * @throws JobFailedException when a job failed, after the running ones have stopped or had {@code
   *     cancelGrace} to do so
   * @throws PoolClosedException when the pool is closing, or is stopped before the batch is done
   * @throws PoolBrokenException when no worker is left and none can be opened
   * @throws PoolInterruptedException when the thread is interrupted; the batch is stopped
   */
  public List<R> map(Collection<? extends J> jobs) {
    return core.map(jobs);
  }

  /**
   * Does all jobs, whatever becomes of each, and returns their outcomes in order.
   *
   * @param jobs what to do
   * @return the outcomes, unmodifiable
   * @throws PoolClosedException when the pool is closing
   * @throws PoolInterruptedException when the thread is interrupted; the batch is stopped
   */
  public List<Outcome<J, R>> mapAll(Collection<? extends J> jobs) {
    return core.mapAll(jobs);
  }

  /**
   * The results of a source of jobs, which may have no end, in order. Nothing happens before the
   * stream's terminal operation; then the source is pulled on the consumer's thread, at most
   * workers + capacity ahead. Close the stream unless you consume it wholly: closing cancels what
   * is under way.
   *
   * <p>The terminal operation throws {@link JobFailedException} at the first job, in order, that
   * did not succeed, and what {@link #submit} throws.
   *
   * @param jobs the source, closed with the stream
   * @return the results
   */
  public Stream<R> stream(Stream<? extends J> jobs) {
    return PulledStream.results(core, jobs);
  }

  /**
   * The outcomes of a source of jobs in the order in which they settle; otherwise like {@link
   * #stream}. Before it delivers one it pulls one job at least, so a source that blocks delays it.
   *
   * @param jobs the source, closed with the stream
   * @return the outcomes
   */
  public Stream<Outcome<J, R>> streamUnordered(Stream<? extends J> jobs) {
    return PulledStream.outcomes(core, jobs);
  }

  /**
   * Accepts a job for any worker.
   *
   * @param job what to do
   * @return the future of its result
   * @throws PoolClosedException when the pool is closing
   * @throws QueueFullException when the queue is full and {@link WhenFull#REJECT} was chosen
   * @throws PoolInterruptedException when the thread is interrupted while it waits for a place
   */
  public CompletableFuture<R> submit(J job) {
    Objects.requireNonNull(job, "job");
    return core.intake.submit(job);
  }

  /**
   * Accepts a job for the slot of a key: jobs with equal keys meet the same slot, which does them
   * one at a time in the order of submission.
   *
   * @param key what decides the slot, by its {@code hashCode}
   * @param job what to do
   * @return the future of its result
   * @throws PoolClosedException when the pool is closing
   * @throws QueueFullException when the queue is full and {@link WhenFull#REJECT} was chosen
   * @throws PoolInterruptedException when the thread is interrupted while it waits for a place
   */
  public CompletableFuture<R> submit(Object key, J job) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(job, "job");
    return core.intake.submit(job, core.workerOf(key));
  }

  /**
   * Accepts a job if the queue has a place for it now.
   *
   * @param job what to do
   * @return the future of its result, empty when the queue is full
   * @throws PoolClosedException when the pool is closing
   */
  public Optional<CompletableFuture<R>> trySubmit(J job) {
    Objects.requireNonNull(job, "job");
    return Optional.ofNullable(core.intake.trySubmit(job));
  }

  /**
   * The pool at this moment.
   *
   * @return counts that add up
   */
  public PoolStats stats() {
    return core.stats();
  }

  /**
   * Waits until no job waits or runs.
   *
   * @param limit how long at most
   * @return false when time ran out
   * @throws PoolInterruptedException when the thread is interrupted
   */
  public boolean awaitIdle(Duration limit) {
    return core.attention.awaitIdle(limit);
  }

  /**
   * Stops the intake and returns. What was accepted is done, then the workers close by themselves.
   */
  public void beginShutdown() {
    core.closing.begin();
  }

  /**
   * Closes the pool, and stops what is not done by the deadline: waiting jobs are returned, running
   * ones cancelled and interrupted, workers that do not come back within {@code cancelGrace}
   * abandoned. When the thread is interrupted, the deadline has passed.
   *
   * @param deadline how long what was accepted may take
   * @return what happened, the same for all who close
   * @throws IllegalStateException on a worker of this pool
   */
  public CloseReport shutdown(Duration deadline) {
    return core.closing.shutdown(deadline);
  }

  /**
   * Closes the pool and stops what is not done: {@link #shutdown} with a deadline that has passed.
   *
   * @return what happened
   * @throws IllegalStateException on a worker of this pool
   */
  public CloseReport shutdownNow() {
    return shutdown(Duration.ZERO);
  }

  /**
   * Closes the pool: does what was accepted, closes every worker, joins its thread. {@link
   * #shutdown} with the builder's {@code closeTimeout}.
   *
   * @throws PoolCloseException unless the report {@linkplain CloseReport#isClean is clean}
   * @throws IllegalStateException on a worker of this pool
   */
  @Override
  public void close() {
    CloseReport report =
        core.settings.closeTimeout().map(core.closing::shutdown).orElseGet(core.closing::shutdown);
    if (!report.isClean()) {
      throw new PoolCloseException(report);
    }
  }

  @Override
  public String toString() {
    return "WorkerPool[" + core.settings.name() + ", " + core.life.state() + "]";
  }

  /**
   * Builds a pool. Not thread-safe.
   *
   * <p>Every method but {@link #open} returns this builder. Times are more than 0, the grace time 0
   * or more; what is out of range is an {@code IllegalArgumentException}.
   *
   * @param <J> the jobs
   * @param <R> the results
   */
  public static final class Builder<J, R> {

    private final WorkerFactory<J, R> factory;
    private final Map<String, String> optionTexts = new HashMap<>();
    private final Map<String, Object> optionValues = new HashMap<>();
    private @Nullable String name;
    private int workers = Runtime.getRuntime().availableProcessors();
    private ThreadKind threads = ThreadKind.VIRTUAL;
    private int queueCapacity = 1_024;
    private WhenFull whenFull = WhenFull.WAIT;
    private Distribution distribution = Distribution.SHARED;
    private Duration openTimeout = Duration.ofSeconds(30);
    private @Nullable Duration closeTimeout;
    private Duration cancelGrace = Duration.ofSeconds(5);
    private Duration closeOnExit = Duration.ofSeconds(30);

    private Builder(WorkerFactory<J, R> factory) {
      this.factory = Objects.requireNonNull(factory, "factory");
    }

    /**
     * The pool's name, not blank; names its workers and threads too: {@code download-3}. Default:
     * the factory's.
     */
    public Builder<J, R> name(String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("the pool's name must not be blank");
      }
      this.name = name;
      return this;
    }

    /** How many workers, at least 1. Default: as many as there are processors. */
    public Builder<J, R> workers(int workers) {
      this.workers = Settings.atLeastOne("workers", workers);
      return this;
    }

    /** What the workers live on. Default: {@link ThreadKind#VIRTUAL}. */
    public Builder<J, R> threads(ThreadKind threads) {
      this.threads = Objects.requireNonNull(threads, "threads");
      return this;
    }

    /** Gives an option as text; the last of a name counts. */
    public Builder<J, R> option(String name, String value) {
      Objects.requireNonNull(value, () -> "the value of option '" + name + "'");
      optionValues.remove(name);
      optionTexts.put(name, value);
      return this;
    }

    /** Gives an option as a value; the last of a name counts. */
    public <T> Builder<J, R> option(Option<T> option, T value) {
      Objects.requireNonNull(value, () -> "the value of option '" + option.name() + "'");
      optionTexts.remove(option.name());
      optionValues.put(option.name(), value);
      return this;
    }

    /** Gives options as texts, by name. */
    public Builder<J, R> options(Map<String, String> options) {
      options.forEach(this::option);
      return this;
    }

    /** How many submitted jobs may wait, over all workers and keys, at least 1. Default: 1,024. */
    public Builder<J, R> queueCapacity(int queueCapacity) {
      this.queueCapacity = Settings.atLeastOne("queueCapacity", queueCapacity);
      return this;
    }

    /** What {@code submit} does when that many wait. Default: {@link WhenFull#WAIT}. */
    public Builder<J, R> whenFull(WhenFull whenFull) {
      this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
      return this;
    }

    /** Which worker takes an unkeyed job. Default: {@link Distribution#SHARED}. */
    public Builder<J, R> distribution(Distribution distribution) {
      this.distribution = Objects.requireNonNull(distribution, "distribution");
      return this;
    }

    /**
     * How long {@code open} may take until it gives up, and how long jobs wait for a worker when
     * none can be opened again. Default: 30 s.
     */
    public Builder<J, R> openTimeout(Duration openTimeout) {
      this.openTimeout = Settings.positive("openTimeout", openTimeout);
      return this;
    }

    /** How long {@code close} may take until it stops what is not done. Default: for ever. */
    public Builder<J, R> closeTimeout(Duration closeTimeout) {
      this.closeTimeout = Settings.positive("closeTimeout", closeTimeout);
      return this;
    }

    /** How long a stopped worker has to come back before it is abandoned. Default: 5 s. */
    public Builder<J, R> cancelGrace(Duration cancelGrace) {
      this.cancelGrace = Settings.notNegative("cancelGrace", cancelGrace);
      return this;
    }

    /** How long the exit of the JVM waits for an open pool to close. Default: 30 s. */
    public Builder<J, R> closeOnExit(Duration closeOnExit) {
      this.closeOnExit = Settings.positive("closeOnExit", closeOnExit);
      return this;
    }

    /**
     * Opens the pool; returns when every worker is open.
     *
     * @return the pool, to be closed
     * @throws IllegalArgumentException when an option is unknown, missing or unreadable; no worker
     *     was opened
     * @throws OpenFailedException when a worker could not be opened within {@code openTimeout};
     *     those that were are closed
     * @throws PoolInterruptedException when the thread is interrupted; the workers are closed
     * @throws IllegalStateException when the JVM is exiting
     */
    public WorkerPool<J, R> open() {
      Map<String, Object> values = OptionValues.read(factory, optionTexts, optionValues);
      PoolCore<J, R> core =
          new PoolCore<>(
              factory,
              new Settings(
                  name == null ? factory.name() : name,
                  workers,
                  threads,
                  Map.copyOf(optionTexts),
                  values,
                  queueCapacity,
                  whenFull,
                  distribution,
                  openTimeout,
                  Optional.ofNullable(closeTimeout),
                  cancelGrace,
                  closeOnExit));
      core.open();
      return new WorkerPool<>(core);
    }
  }
}
