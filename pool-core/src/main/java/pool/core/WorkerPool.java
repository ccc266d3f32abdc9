package pool.core;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Gatherer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.Option;
import pool.api.RetryLaterException;
import pool.api.WorkerFactory;
import pool.core.internal.PoolCore;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.life.Settings;

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
    this.forgotten = core.watchFor(this);
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
   * @return a builder with all defaults, for a pool named "tasks", but for its queue, which has no
   *     bound unless one is given, as libraries expect of an executor
   */
  public static Builder<Callable<?>, Object> tasks() {
    return of(PoolCore.tasks()).queueCapacity(Integer.MAX_VALUE);
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
   *   <li>When a queue that was given a bound is full, {@code execute} and {@code submit} wait,
   *       unless {@link WhenFull#REJECT} was chosen; interrupted then, they throw
   *       RejectedExecutionException and keep the flag. {@code invokeAll} and {@code invokeAny}
   *       always wait.
   *   <li>{@code shutdownNow} cancels the futures of all tasks, also of those that run. Only the
   *       first stop of the pool returns tasks: runnables as they were given, callables wrapped. It
   *       waits for workers that are just taking a task, three seconds at most.
   *   <li>What was stopped and does not end within {@code cancelGrace} is abandoned; the executor
   *       is then terminated though it runs.
   *   <li>{@code close} stops what is not done within {@code closeTimeout}, if one was set. On a
   *       worker of the pool it throws IllegalStateException. Interrupted, it stops what waits and
   *       what runs, as {@code shutdownNow} does: the futures of both are cancelled.
   *   <li>{@code isTerminated} is true once the workers are closed: not yet when {@code shutdown}
   *       returns, though nothing was to be done.
   *   <li>A task that waits without a time-out for tasks of the same executor, by {@code get},
   *       {@code invokeAll} or {@code invokeAny}, fails with IllegalStateException when every other
   *       worker waits so, too. Of other kinds of waiting the pool knows nothing: {@code
   *       supplyAsync(task, executor).join()} and an {@code ExecutorCompletionService} on the last
   *       free worker wait for ever, as on any executor with a fixed number of threads.
   *   <li>Tasks for which no worker can be opened fail with {@link PoolBrokenException}; a command
   *       of {@code execute} that does shows in the counts only.
   *   <li>Lists are unmodifiable.
   * </ul>
   *
   * @param pool what runs the tasks
   * @return a view, which keeps the pool
   */
  public static ExecutorService asExecutorService(WorkerPool<Callable<?>, Object> pool) {
    return PoolCore.executor(pool.core, pool);
  }

  /**
   * Does all jobs and returns their results in order. The first failure in time stops the call:
   * running jobs are cancelled, the others not started. The call takes no room in the queue.
   *
   * @param jobs what to do
   * @return the results, unmodifiable
   * @throws JobFailedException when a job failed, after the running ones have stopped or had {@code
   *     cancelGrace} to do so
   * @throws PoolClosedException when the pool is closing, or is stopped before the bulk call is
   *     done
   * @throws PoolBrokenException when no worker is left and none can be opened
   * @throws PoolInterruptedException when the thread is interrupted; the bulk call is stopped
   * @throws IllegalStateException on a worker of this pool whose wait could never end
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
   * @throws PoolInterruptedException when the thread is interrupted; the bulk call is stopped
   * @throws IllegalStateException on a worker of this pool whose wait could never end
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
   * workers + capacity, and never more than workers + 1,024, ahead. Close the stream unless you
   * consume it wholly: closing cancels what is under way.
   *
   * <p>The terminal operation throws {@link JobFailedException} at the first job, in order, that
   * failed, {@link PoolClosedException} at one that was cancelled or not started, and what {@link
   * #submit} throws.
   *
   * @param jobs the source, closed with the stream
   * @return the results
   */
  public Stream<R> stream(Stream<? extends J> jobs) {
    return kept(core.stream(jobs, null));
  }

  /**
   * As {@link #stream(Stream)}, and tells how far it is.
   *
   * @param jobs the source, closed with the stream
   * @param progress told on the consumer's thread
   * @return the results
   */
  public Stream<R> stream(Stream<? extends J> jobs, Progress progress) {
    return kept(core.stream(jobs, Objects.requireNonNull(progress, "progress")));
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
    return kept(core.streamUnordered(jobs, null));
  }

  /**
   * As {@link #streamUnordered(Stream)}, and tells how far it is.
   *
   * @param jobs the source, closed with the stream
   * @param progress told on the consumer's thread
   * @return the outcomes
   */
  public Stream<Outcome<J, R>> streamUnordered(Stream<? extends J> jobs, Progress progress) {
    return kept(core.streamUnordered(jobs, Objects.requireNonNull(progress, "progress")));
  }

  /**
   * Does the elements of a stream as jobs, in the middle of its pipeline, and passes the results on
   * in their order:
   *
   * {@snippet :
   * List<Stored> stored = uris.filter(this::isNew).gather(pool.inOrder()).filter(...).toList();
   * }
   *
   * <p>Runs at most as far ahead as {@link #stream}. When the next stage wants no more, or throws,
   * or at the first job that did not succeed, what is under way is cancelled and has stopped before
   * the stream ends. A gatherer is not told when a stage <em>before</em> it throws, when nobody
   * asks the stream's iterator any more, or when the stream is closed: what is under way then runs
   * to its end, and its results are lost.
   *
   * <p>It is sequential: in a parallel stream the stages before it run in parallel, and this one
   * gets their elements one after the other, in their order. There the JDK hands it all of them
   * before a later stage sees one, so that a {@code limit} does not end it; call {@code
   * sequential()} on the stream. Throws what {@link #stream} throws.
   *
   * @return a gatherer, for any number of streams
   */
  public Gatherer<J, ?, R> inOrder() {
    return kept(core.inOrder());
  }

  /**
   * As {@link #inOrder}, but passes on the outcome of each job, in the order in which they settle,
   * whatever became of it.
   *
   * @return a gatherer, for any number of streams
   */
  public Gatherer<J, ?, Outcome<J, R>> asDone() {
    return kept(core.asDone());
  }

  /** A gatherer that is being used keeps its pool from being forgotten. */
  private <A, T> Gatherer<J, A, T> kept(Gatherer<J, A, T> gatherer) {
    return Gatherer.ofSequential(
        gatherer.initializer(),
        gatherer.integrator(),
        (state, next) -> {
          try {
            gatherer.finisher().accept(state, next);
          } finally {
            Reference.reachabilityFence(this);
          }
        });
  }

  /** A stream that is being consumed keeps its pool from being forgotten. */
  @SuppressWarnings("ReachabilityFenceUsage") // the stream refers to the action, and it to this
  private <T> Stream<T> kept(Stream<T> stream) {
    return stream.onClose(() -> Reference.reachabilityFence(this));
  }

  /**
   * Accepts a job for any worker. Its future fails with what the run threw, with a {@code
   * TimeoutException} after {@code jobTimeout}, with {@link PoolClosedException} when the pool is
   * closed and its deadline passes before the job starts, or with {@link PoolBrokenException} when
   * no worker can be opened.
   *
   * <p>What is chained to the future without {@code Async} runs on the worker, after the job has
   * settled and before the worker takes the next: keep it short.
   *
   * @param job what to do
   * @return the future of its result
   * @throws PoolClosedException when the pool is closing
   * @throws QueueFullException when the queue is full, and {@link WhenFull#REJECT} was chosen or
   *     this is a worker of the pool that would wait for ever
   * @throws PoolInterruptedException when the thread is interrupted while it waits for room
   */
  public CompletableFuture<R> submit(J job) {
    Objects.requireNonNull(job, "job");
    try {
      return core.submit(null, job);
    } finally {
      Reference.reachabilityFence(this); // it may wait for room
    }
  }

  /**
   * Accepts a job for the slot of a key: jobs with equal keys meet the same slot, which does them
   * one at a time in the order of submission. When the slot's worker is abandoned, the key of the
   * job that it runs is held until that run returns, or the pool closes: later jobs of that key
   * wait, those of other keys go on.
   *
   * @param key what decides the slot, by its {@code hashCode}, which also tells keys apart
   * @param job what to do
   * @return the future of its result
   * @throws PoolClosedException when the pool is closing
   * @throws QueueFullException when the queue is full, and {@link WhenFull#REJECT} was chosen or
   *     this is a worker of the pool that would wait for ever
   * @throws PoolInterruptedException when the thread is interrupted while it waits for room
   */
  public CompletableFuture<R> submit(Object key, J job) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(job, "job");
    try {
      return core.submit(key, job);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Accepts a job if the queue has room for it now.
   *
   * @param job what to do
   * @return the future of its result, empty when the queue is full
   * @throws PoolClosedException when the pool is closing
   */
  public Optional<CompletableFuture<R>> trySubmit(J job) {
    return trySubmit(job, Duration.ZERO);
  }

  /**
   * Accepts a job if the queue has room for it in time; waits for that whatever {@code whenFull}
   * says.
   *
   * @param job what to do
   * @param limit how long to wait at most; zero or less for not at all
   * @return the future of its result, empty when the queue stayed full
   * @throws PoolClosedException when the pool is closing
   * @throws PoolInterruptedException when the thread is interrupted while it waits
   */
  public Optional<CompletableFuture<R>> trySubmit(J job, Duration limit) {
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(limit, "limit");
    try {
      return Optional.ofNullable(core.trySubmit(null, job, limit));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Accepts a job for the slot of a key, as {@link #submit(Object, Object)} does, if the queue has
   * room for it in time.
   *
   * @param key what decides the slot, by its {@code hashCode}
   * @param job what to do
   * @param limit how long to wait at most; zero or less for not at all
   * @return the future of its result, empty when the queue stayed full
   * @throws PoolClosedException when the pool is closing
   * @throws PoolInterruptedException when the thread is interrupted while it waits
   */
  public Optional<CompletableFuture<R>> trySubmit(Object key, J job, Duration limit) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(limit, "limit");
    try {
      return Optional.ofNullable(core.trySubmit(key, job, limit));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Does one job and waits for its result, also for room in the queue.
   *
   * @param job what to do
   * @return the result, may be null
   * @throws JobFailedException when the job failed; its index is -1
   * @throws CancellationException when the job was cancelled, as by a close past its deadline
   * @throws PoolClosedException when the pool is closing, or was closed before the job started
   * @throws QueueFullException when the queue is full, and {@link WhenFull#REJECT} was chosen or
   *     this is a worker of the pool that would wait for ever
   * @throws PoolInterruptedException when the thread is interrupted: the job is cancelled, and its
   *     run has returned or had {@code cancelGrace} to do so
   * @throws IllegalStateException on a worker of this pool whose wait could never end
   */
  public R call(J job) {
    Objects.requireNonNull(job, "job");
    try {
      return core.call(job);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** {@return what the pool is called, the builder's {@code name}} */
  public String name() {
    return core.name();
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
      return core.awaitIdle(limit);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Stops the intake and returns. What was accepted is done, then the workers close. */
  public void beginShutdown() {
    core.beginShutdown();
  }

  /**
   * Closes the pool, and stops what is not done by the deadline: waiting jobs are not started,
   * running ones cancelled and interrupted, workers that do not come back within {@code
   * cancelGrace} abandoned. An interrupt of the calling thread ends the time it gives; the flag is
   * kept.
   *
   * @param deadline how long what was accepted may take
   * @return what happened, the same for all who close
   * @throws IllegalStateException on a worker of this pool
   */
  public CloseReport shutdown(Duration deadline) {
    return shutdown(() -> core.shutdown(deadline));
  }

  private CloseReport shutdown(Supplier<CloseReport> closing) {
    try {
      CloseReport report = closing.get();
      forgotten.clean();
      return report;
    } finally {
      Reference.reachabilityFence(this); // while it closes it is not forgotten
    }
  }

  /**
   * Does a job once in each slot that has an open worker, such as to refresh what each worker
   * holds. It comes before all that waits for the slot, alone, and is done by whoever serves the
   * slot next. The jobs are added at one moment: two broadcasts meet all slots in one order. They
   * count as so many jobs, and take no room in the queue. Waits for all of them; when the thread is
   * interrupted, they are cancelled.
   *
   * @param job what to do
   * @return the outcome in each slot, in the order of the slots, unmodifiable; {@link
   *     Outcome.NotStarted} where there is no open worker
   * @throws PoolClosedException when the pool is closing
   * @throws PoolInterruptedException when the thread is interrupted while it waits
   * @throws IllegalStateException on a worker of this pool
   */
  public List<Outcome<J, R>> broadcast(J job) {
    Objects.requireNonNull(job, "job");
    try {
      return core.broadcast(job);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Replaces every worker by a new one of the same factory, with the same options, while the pool
   * goes on: one slot after the other. A worker finishes its job, if it has one, and closes; then
   * the next opens and is pinged. For a password that was rotated ({@link Builder#optionFrom}), or
   * connections to a server that has moved.
   *
   * <p>The first slot is the test: when its new worker cannot be opened, does not answer the ping,
   * or takes longer than {@code openTimeout}, the slot opens a worker with the old settings again,
   * and no other slot is touched. If a later slot fails, the call ends: that slot keeps trying with
   * the new settings, and the slots after it keep their old workers. The pool is {@link
   * PoolState#DEGRADED} only while a slot cannot be opened.
   *
   * <p>Waits for each worker, however long its job takes. Concurrent calls run one after the other.
   * When the thread is interrupted, the flag is kept, and the report has what was done until then;
   * if the pool closes meanwhile, it likewise has what was done.
   *
   * @return what was done; when it {@linkplain ReplaceReport#isComplete is complete}, no job starts
   *     on an old worker any more
   * @throws PoolClosedException when the pool is closing
   * @throws IllegalStateException on a worker of this pool
   */
  public ReplaceReport replaceWorkers() {
    return replaceWorkers(core::replaceWorkers);
  }

  /**
   * As {@link #replaceWorkers()}, with workers of another factory, such as a newer version of a
   * plugin, and the options that the pool has. An option that was given as a value must be a
   * constant of both factories; otherwise give it as text.
   *
   * @param factory opens the new workers
   * @return what was done
   * @throws IllegalArgumentException when the options do not fit the factory; nothing was touched
   * @throws PoolClosedException when the pool is closing
   * @throws IllegalStateException on a worker of this pool
   */
  public ReplaceReport replaceWorkers(WorkerFactory<J, R> factory) {
    Objects.requireNonNull(factory, "factory");
    return replaceWorkers(() -> core.replaceWorkers(factory));
  }

  /**
   * As {@link #replaceWorkers(WorkerFactory)}, with these options instead of all that the pool has,
   * those of {@link Builder#optionFrom} included.
   *
   * @param factory opens the new workers
   * @param options from name to text
   * @return what was done
   * @throws IllegalArgumentException when the options do not fit the factory; nothing was touched
   * @throws PoolClosedException when the pool is closing
   * @throws IllegalStateException on a worker of this pool
   */
  public ReplaceReport replaceWorkers(WorkerFactory<J, R> factory, Map<String, String> options) {
    Objects.requireNonNull(factory, "factory");
    Map<String, String> texts = Map.copyOf(options);
    return replaceWorkers(() -> core.replaceWorkers(factory, texts));
  }

  private ReplaceReport replaceWorkers(Supplier<ReplaceReport> replacing) {
    try {
      return replacing.get();
    } finally {
      Reference.reachabilityFence(this); // while they are replaced it is not forgotten
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
    CloseReport report = shutdown(core::close);
    if (!report.isClean()) {
      throw new PoolCloseException(report);
    }
  }

  @Override
  public String toString() {
    return "WorkerPool[" + core.name() + ", " + core.state() + "]";
  }

  /**
   * Builds a pool. Not thread-safe.
   *
   * @param <J> the jobs
   * @param <R> the results
   */
  public static final class Builder<J, R> {

    private final WorkerFactory<J, R> factory;
    private final Map<String, String> optionTexts = new HashMap<>();
    private final Map<String, OptionValues.Given> optionValues = new HashMap<>();
    private @Nullable String name;
    private int workers = Runtime.getRuntime().availableProcessors();
    private ThreadKind threads = ThreadKind.VIRTUAL;
    private int queueCapacity = 1_024;
    private WhenFull whenFull = WhenFull.WAIT;
    private Distribution distribution = Distribution.SHARED;
    private int maxAttempts = 1;
    private int maxRetries = 3;
    private Settings.@Nullable RetryOn retryOn;
    private int maxBatch = 100;
    private long maxJobsPerWorker = Long.MAX_VALUE;
    private @Nullable Duration maxWorkerAge;
    private @Nullable Duration pingInterval;
    private @Nullable Duration jobTimeout;
    private @Nullable Integer minOpen;
    private Duration openTimeout = Duration.ofSeconds(30);
    private @Nullable Duration closeTimeout;
    private Duration cancelGrace = Duration.ofSeconds(5);
    private @Nullable Duration closeOnExit = Duration.ofSeconds(30);
    private final List<JobContext> contexts = new ArrayList<>();
    private @Nullable PoolListener listener;
    private Duration stallAfter = Duration.ofSeconds(30);

    private Builder(WorkerFactory<J, R> factory) {
      this.factory = Objects.requireNonNull(factory, "factory");
    }

    /** For tests, which do not wait half a minute. */
    Builder<J, R> stallAfter(Duration time) {
      this.stallAfter = Settings.positive("stallAfter", time);
      return this;
    }

    /** The options that it was told. */
    OptionValues options() {
      return new OptionValues(optionTexts, optionValues);
    }

    /** What else it was told, checked. */
    Settings settings() {
      return new Settings(
          name == null ? factory.name() : name,
          workers,
          threads,
          queueCapacity,
          whenFull,
          distribution,
          maxAttempts,
          maxRetries,
          retryOn,
          maxBatch,
          maxJobsPerWorker,
          Optional.ofNullable(maxWorkerAge),
          Optional.ofNullable(pingInterval),
          Optional.ofNullable(jobTimeout),
          minOpen == null ? workers : minOpen,
          openTimeout,
          Optional.ofNullable(closeTimeout),
          cancelGrace,
          Optional.ofNullable(closeOnExit),
          List.copyOf(contexts),
          listener,
          stallAfter);
    }

    /**
     * The pool's name, not blank; names its workers and threads too: {@code download-3}. Default:
     * the factory's.
     *
     * @param name the name
     * @return this builder
     * @throws IllegalArgumentException when it is blank
     */
    public Builder<J, R> name(String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("the pool's name must not be blank");
      }
      this.name = name;
      return this;
    }

    /**
     * How many workers, at least 1. Default: as many as there are processors.
     *
     * @param workers how many
     * @return this builder
     * @throws IllegalArgumentException when it is less than 1
     */
    public Builder<J, R> workers(int workers) {
      this.workers = Settings.atLeastOne("workers", workers);
      return this;
    }

    /**
     * What the workers live on. Default: {@link ThreadKind#VIRTUAL}.
     *
     * @param threads the kind
     * @return this builder
     */
    public Builder<J, R> threads(ThreadKind threads) {
      this.threads = Objects.requireNonNull(threads, "threads");
      return this;
    }

    /**
     * Gives an option as text; the last of a name counts.
     *
     * @param name what users write
     * @param value its text
     * @return this builder
     */
    public Builder<J, R> option(String name, String value) {
      Objects.requireNonNull(value, () -> "the value of option '" + name + "'");
      optionValues.remove(name);
      optionTexts.put(name, value);
      return this;
    }

    /**
     * Gives an option as a value; the last of a name counts.
     *
     * @param <T> the type of the value
     * @param option the factory's own constant
     * @param value its value
     * @return this builder
     */
    public <T> Builder<J, R> option(Option<T> option, T value) {
      Objects.requireNonNull(value, () -> "the value of option '" + option.name() + "'");
      return optionFrom(option, () -> value);
    }

    /**
     * Reads an option's value anew at each opening of a worker, on its thread: for a password that
     * is rotated while the pool runs. What the supplier throws, and a null, fail the opening. The
     * last of a name counts.
     *
     * @param <T> the type of the value
     * @param option the factory's own constant
     * @param source where to read the value; called by several threads at a time
     * @return this builder
     */
    public <T> Builder<J, R> optionFrom(Option<T> option, Supplier<? extends T> source) {
      Objects.requireNonNull(source, () -> "the supplier of option '" + option.name() + "'");
      optionTexts.remove(option.name());
      optionValues.put(option.name(), new OptionValues.Given(option, source));
      return this;
    }

    /**
     * Gives options as texts, by name.
     *
     * @param options from name to text
     * @return this builder
     */
    public Builder<J, R> options(Map<String, String> options) {
      options.forEach(this::option);
      return this;
    }

    /**
     * How many submitted jobs may wait, over all workers and keys, at least 1. Default: 1,024, and
     * without a bound for {@link WorkerPool#tasks}.
     *
     * @param queueCapacity how many; {@link Integer#MAX_VALUE} stands for no bound
     * @return this builder
     * @throws IllegalArgumentException when it is less than 1
     */
    public Builder<J, R> queueCapacity(int queueCapacity) {
      this.queueCapacity = Settings.atLeastOne("queueCapacity", queueCapacity);
      return this;
    }

    /**
     * What {@code submit} does when that many wait. Default: {@link WhenFull#WAIT}.
     *
     * @param whenFull wait or reject
     * @return this builder
     */
    public Builder<J, R> whenFull(WhenFull whenFull) {
      this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
      return this;
    }

    /**
     * Which worker takes an unkeyed job. Default: {@link Distribution#SHARED}.
     *
     * @param distribution how jobs are given out
     * @return this builder
     */
    public Builder<J, R> distribution(Distribution distribution) {
      this.distribution = Objects.requireNonNull(distribution, "distribution");
      return this;
    }

    /**
     * How often a job may be run, at least 1: it is run again, by another worker, only when its
     * worker broke; never after a time-out. When the last attempt breaks a worker, too, the job
     * fails with what that threw; what the others threw is in the log. Default: 1.
     *
     * @param maxAttempts how often
     * @return this builder
     * @throws IllegalArgumentException when it is less than 1
     */
    public Builder<J, R> maxAttempts(int maxAttempts) {
      this.maxAttempts = Settings.atLeastOne("maxAttempts", maxAttempts);
      return this;
    }

    /**
     * How often a job is retried at most, after a {@link RetryLaterException} or a failure that
     * {@link #retryOn} accepts; 0 or more. After that it fails with what its last run threw. While
     * it waits it counts as queued, other jobs go on, and jobs of its key wait behind it. Retries
     * are counted apart from {@link #maxAttempts}. Default: 3.
     *
     * @param maxRetries how often
     * @return this builder
     * @throws IllegalArgumentException when it is negative
     */
    public Builder<J, R> maxRetries(int maxRetries) {
      this.maxRetries = Settings.notNegative("maxRetries", maxRetries);
      return this;
    }

    /**
     * Retries jobs that failed with other exceptions than {@link RetryLaterException}: one that the
     * predicate accepts counts as such. The job waits for {@code first}, and twice as long each
     * time after that, but never longer than {@code longest}; to each wait up to 10 % are added at
     * random. After a {@code WorkerBrokenException} or an {@code Error} the worker is replaced as
     * well. The last call counts. Default: none.
     *
     * <p>Only for jobs that may be done twice: a run that failed may have done some of its work. If
     * the pool is stopped while such a job waits, it counts as not started all the same.
     *
     * @param failures which; called on workers, by several at a time; if it throws, the job fails
     * @param first the first wait, more than 0
     * @param longest the longest wait, at least {@code first}
     * @return this builder
     * @throws IllegalArgumentException when {@code first} is not positive, or {@code longest} is
     *     less
     */
    public Builder<J, R> retryOn(
        Predicate<? super Throwable> failures, Duration first, Duration longest) {
      Objects.requireNonNull(failures, "failures");
      Objects.requireNonNull(longest, "longest");
      Duration checked = Settings.positive("first", Objects.requireNonNull(first, "first"));
      if (longest.compareTo(first) < 0) {
        throw new IllegalArgumentException(
            "longest must be at least first, %s, but was %s".formatted(first, longest));
      }
      this.retryOn = new Settings.RetryOn(failures, checked, longest);
      return this;
    }

    /**
     * How many jobs a {@link BatchWorker} does together at most, at least 1. Default: 100. Of no
     * effect on other workers.
     *
     * @param maxBatch how many
     * @return this
     */
    public Builder<J, R> maxBatch(int maxBatch) {
      this.maxBatch = Settings.atLeastOne("maxBatch", maxBatch);
      return this;
    }

    /**
     * How many jobs a worker does before another takes its slot, at least 1. Default: no limit.
     *
     * @param maxJobsPerWorker how many
     * @return this builder
     * @throws IllegalArgumentException when it is less than 1
     */
    public Builder<J, R> maxJobsPerWorker(long maxJobsPerWorker) {
      this.maxJobsPerWorker = Settings.atLeastOne("maxJobsPerWorker", maxJobsPerWorker);
      return this;
    }

    /**
     * How old a worker gets before another takes its slot, between two jobs; up to 2.5 % less, by
     * chance, so that not all end at once. Default: no limit.
     *
     * @param maxWorkerAge the age
     * @return this builder
     * @throws IllegalArgumentException when it is not positive
     */
    public Builder<J, R> maxWorkerAge(Duration maxWorkerAge) {
      this.maxWorkerAge = Settings.positive("maxWorkerAge", maxWorkerAge);
      return this;
    }

    /**
     * How long a worker waits for a job before it is pinged, and again. Default: never.
     *
     * @param pingInterval the wait
     * @return this builder
     * @throws IllegalArgumentException when it is not positive
     */
    public Builder<J, R> pingInterval(Duration pingInterval) {
      this.pingInterval = Settings.positive("pingInterval", pingInterval);
      return this;
    }

    /**
     * How long a job may run, from its start, until its future fails with a {@code
     * TimeoutException}: never less, and at most 10 ms or 5 % more. Then the run is stopped; a
     * worker that does not come back within {@code cancelGrace} is abandoned and replaced. Default:
     * no limit.
     *
     * @param jobTimeout the limit
     * @return this builder
     * @throws IllegalArgumentException when it is not positive
     */
    public Builder<J, R> jobTimeout(Duration jobTimeout) {
      this.jobTimeout = Settings.positive("jobTimeout", jobTimeout);
      return this;
    }

    /**
     * How many workers must be open before {@link #open} returns. Default: all, and then the first
     * that cannot be opened fails the opening. With fewer, the others go on being opened, with
     * growing waits in between, and the pool is {@link PoolState#DEGRADED} until all are open: for
     * a service that starts before its database. With 0, {@code open} returns at once.
     *
     * @param minOpen how many, 0 to {@code workers}
     * @return this builder
     * @throws IllegalArgumentException when it is negative; {@code open} throws it when it is more
     *     than there are workers
     */
    public Builder<J, R> minOpen(int minOpen) {
      this.minOpen = Settings.notNegative("minOpen", minOpen);
      return this;
    }

    /**
     * How long {@code open} may take until it gives up, and how long jobs wait for a worker when
     * none can be opened again. Default: 30 s.
     *
     * @param openTimeout the limit
     * @return this builder
     * @throws IllegalArgumentException when it is not positive
     */
    public Builder<J, R> openTimeout(Duration openTimeout) {
      this.openTimeout = Settings.positive("openTimeout", openTimeout);
      return this;
    }

    /**
     * How long {@code close} may take until it stops what is not done. Default: for ever.
     *
     * @param closeTimeout the limit
     * @return this builder
     * @throws IllegalArgumentException when it is not positive
     */
    public Builder<J, R> closeTimeout(Duration closeTimeout) {
      this.closeTimeout = Settings.positive("closeTimeout", closeTimeout);
      return this;
    }

    /**
     * How long a stopped worker has to come back before it is abandoned. Default: 5 s.
     *
     * @param cancelGrace the time, or zero for none
     * @return this builder
     * @throws IllegalArgumentException when it is negative
     */
    public Builder<J, R> cancelGrace(Duration cancelGrace) {
      this.cancelGrace = Settings.notNegative("cancelGrace", cancelGrace);
      return this;
    }

    /**
     * Has the exit of the JVM close the pool if it is open, and wait so long for that. Default: 30
     * s.
     *
     * @param closeOnExit the limit
     * @return this builder
     * @throws IllegalArgumentException when it is not positive
     */
    public Builder<J, R> closeOnExit(Duration closeOnExit) {
      this.closeOnExit = Settings.positive("closeOnExit", closeOnExit);
      return this;
    }

    /**
     * Leaves the pool open when the JVM exits: somebody else closes it, such as a container, which
     * first lets the requests end that use the pool. The last of this and {@link #closeOnExit}
     * counts.
     *
     * @return this builder
     */
    public Builder<J, R> leaveOpenOnExit() {
      this.closeOnExit = null;
      return this;
    }

    /**
     * Carries what surrounds a job on its submitter's thread to the worker that runs it. Several
     * nest, the first outermost. Default: nothing is carried.
     *
     * @param context such as {@link JobContext#mdc()}
     * @return this builder
     */
    public Builder<J, R> context(JobContext context) {
      contexts.add(Objects.requireNonNull(context, "context"));
      return this;
    }

    /**
     * Who is told what happens to the pool, its workers and its jobs; by default nobody. Several
     * are told one after the other, in the order in which they were given.
     *
     * @param listener called on a thread of the pool's own
     * @return this builder
     */
    public Builder<J, R> listener(PoolListener listener) {
      Objects.requireNonNull(listener, "listener");
      this.listener = this.listener == null ? listener : PoolListener.of(this.listener, listener);
      return this;
    }

    /**
     * Opens the pool; returns when every worker is open, or {@code minOpen} of them.
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
      return new WorkerPool<>(PoolCore.open(factory, options(), settings()));
    }
  }
}
