package pool.core;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;
import pool.api.WorkerFactory;

/**
 * Runs jobs with workers that each own a resource: opened once, on the worker's own thread, used
 * for many jobs, and closed once, after all that was accepted is done.
 *
 * {@snippet file="Asking.java" region="named"}
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

  private final Cleaner.Cleanable forgotten;

  private WorkerPool(PoolCore<J, R> core) {
    this.core = core;
    this.forgotten = LeakDetector.watch(this, core);
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
   * Begins to build a pool whose workers run the callables given to them. One that throws an Error
   * or a {@code WorkerBrokenException} has its worker replaced.
   *
   * @return a builder with all defaults, for a pool named "tasks"
   */
  public static Builder<Callable<?>, Object> tasks() {
    return of(TaskExecutor.factory());
  }

  /**
   * A view of a pool of callables, for everything that takes an executor. Whoever shuts it down
   * closes the pool. What a command of {@code execute} throws goes to the thread's uncaught
   * exception handler.
   *
   * {@snippet file="Lending.java" region="lend"}
   *
   * <p>It deviates from {@link ExecutorService} in this:
   *
   * <ul>
   *   <li>When the queue is full, {@code execute} and {@code submit} wait, unless {@link
   *       WhenFull#REJECT} was chosen; interrupted then, they throw RejectedExecutionException and
   *       keep the flag. {@code invokeAll} and {@code invokeAny} always wait.
   *   <li>{@code shutdownNow} cancels the futures of all tasks, also of those that run. Only the
   *       first stop of the pool returns tasks: runnables as they were given, callables wrapped. It
   *       waits for workers that are just taking a task, three seconds at most.
   *   <li>What was stopped and does not end within {@code cancelGrace} is abandoned; the executor
   *       is then terminated though it runs.
   *   <li>{@code close} stops what is not done within {@code closeTimeout}, if one was set. On a
   *       worker of the pool it throws IllegalStateException.
   *   <li>Tasks for which no worker can be opened fail with {@link PoolBrokenException}; a command
   *       of {@code execute} that does shows in the counts only.
   *   <li>Lists are unmodifiable.
   * </ul>
   *
   * @param pool what runs the tasks
   * @return a view, which keeps the pool
   */
  public static ExecutorService asExecutorService(WorkerPool<Callable<?>, Object> pool) {
    return new TaskExecutor(pool, pool.core);
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
    try {
      return core.map(jobs, null);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #map(Collection)}, and tells how far it is.
   *
   * @param jobs what to do
   * @param progress told on this thread
   * @return the results, unmodifiable
   */
  public List<R> map(Collection<? extends J> jobs, Progress progress) {
    try {
      return core.map(jobs, Objects.requireNonNull(progress, "progress"));
    } finally {
      Reference.reachabilityFence(this);
    }
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
    try {
      return core.mapAll(jobs, null);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #mapAll(Collection)}, and tells how far it is.
   *
   * @param jobs what to do
   * @param progress told on this thread
   * @return the outcomes, unmodifiable
   */
  public List<Outcome<J, R>> mapAll(Collection<? extends J> jobs, Progress progress) {
    try {
      return core.mapAll(jobs, Objects.requireNonNull(progress, "progress"));
    } finally {
      Reference.reachabilityFence(this);
    }
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
    return kept(PulledStream.results(core, jobs, null));
  }

  /**
   * As {@link #stream(Stream)}, and tells how far it is.
   *
   * @param jobs the source, closed with the stream
   * @param progress told on the consumer's thread
   * @return the results
   */
  public Stream<R> stream(Stream<? extends J> jobs, Progress progress) {
    return kept(PulledStream.results(core, jobs, Objects.requireNonNull(progress, "progress")));
  }

  /**
   * The outcomes of a source of jobs in the order in which they settle; otherwise like {@link
   * #stream}. It pulls at least one job before it delivers an outcome, so a source that blocks
   * delays that.
   *
   * @param jobs the source, closed with the stream
   * @return the outcomes
   */
  public Stream<Outcome<J, R>> streamUnordered(Stream<? extends J> jobs) {
    return kept(PulledStream.outcomes(core, jobs, null));
  }

  /**
   * As {@link #streamUnordered(Stream)}, and tells how far it is.
   *
   * @param jobs the source, closed with the stream
   * @param progress told on the consumer's thread
   * @return the outcomes
   */
  public Stream<Outcome<J, R>> streamUnordered(Stream<? extends J> jobs, Progress progress) {
    return kept(PulledStream.outcomes(core, jobs, Objects.requireNonNull(progress, "progress")));
  }

  /** A stream that is being consumed keeps its pool from being forgotten. */
  @SuppressWarnings("ReachabilityFenceUsage") // the stream refers to the action, and it to this
  private <T> Stream<T> kept(Stream<T> stream) {
    return stream.onClose(() -> Reference.reachabilityFence(this));
  }

  /**
   * Accepts a job for any worker. Its future fails with what the run threw, with a {@code
   * TimeoutException}, or with {@link PoolBrokenException} when no worker can be opened.
   *
   * @param job what to do
   * @return the future of its result
   * @throws PoolClosedException when the pool is closing
   * @throws QueueFullException when the queue is full and {@link WhenFull#REJECT} was chosen
   * @throws PoolInterruptedException when the thread is interrupted while it waits for a place
   */
  public CompletableFuture<R> submit(J job) {
    Objects.requireNonNull(job, "job");
    try {
      return core.admission.submit(job);
    } finally {
      Reference.reachabilityFence(this); // it may wait for a place
    }
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
    try {
      return core.admission.submit(job, core.slotOf(key));
    } finally {
      Reference.reachabilityFence(this);
    }
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
    return Optional.ofNullable(core.admission.trySubmit(job));
  }

  /** {@return what the pool is called, the builder's {@code name}} */
  public String name() {
    return core.settings.name();
  }

  /** {@return the pool at this moment: counts that add up} */
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
    try {
      return core.signals.awaitIdle(limit);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Stops the intake and returns. What was accepted is done, then the workers close. */
  public void beginShutdown() {
    core.closing.begin();
  }

  /**
   * Closes the pool, and stops what is not done by the deadline: waiting jobs are returned, running
   * ones cancelled and interrupted, workers that do not come back within {@code cancelGrace}
   * abandoned. An interrupt of the calling thread ends the time it gives; the flag is kept.
   *
   * @param deadline how long what was accepted may take
   * @return what happened, the same for all who close
   * @throws IllegalStateException on a worker of this pool
   */
  public CloseReport shutdown(Duration deadline) {
    try {
      CloseReport report = core.closing.shutdown(deadline);
      forgotten.clean();
      return report;
    } finally {
      Reference.reachabilityFence(this); // while it closes it is not forgotten
    }
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
    CloseReport report = shutdown(core.closing.limit());
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
   * @param <J> the jobs
   * @param <R> the results
   */
  public static final class Builder<J, R> extends Configuration<J, R, Builder<J, R>> {

    private Builder(WorkerFactory<J, R> factory) {
      super(factory);
    }

    @Override
    Builder<J, R> self() {
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
      PoolCore<J, R> core = new PoolCore<>(factory, settings());
      core.open();
      return new WorkerPool<>(core);
    }
  }
}
