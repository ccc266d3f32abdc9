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
import java.util.concurrent.atomic.AtomicReference;
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
 * Runs jobs with workers. Each opens its own resource once, on its own thread, does many jobs with
 * it, and closes it once, after its last job.
 *
 * {@snippet :
 * try (WorkerPool<String, String> pool =
 *     WorkerPool.named("ask", String.class, String.class)
 *         .workers(2)
 *         .option("port", args[0])
 *         .open()) {
 *   System.out.println(pool.map(List.of("hello", "world")));
 * }
 * }
 *
 * <ul>
 *   <li>For a list of jobs there are {@link #map map}, which returns the results, and {@link
 *       #mapAll mapAll}, which returns the outcomes.
 *   <li>For a source of jobs, perhaps without an end, there are {@link #stream stream} and {@link
 *       #streamUnordered streamUnordered}, and in the middle of a stream {@link #inOrder} and
 *       {@link #asDone}.
 *   <li>For one job there are {@link #submit(Object) submit}, which returns a future, {@link #call
 *       call}, which waits for the result, and {@link #trySubmit(Object) trySubmit}, which does not
 *       wait for room in the queue. Jobs with equal {@linkplain #submit(Object, Object) keys} run
 *       one after the other.
 *   <li>For a job that every worker must do there is {@link #broadcast broadcast}.
 * </ul>
 *
 * <p>A pool is safe for use by multiple threads. Jobs must not be null; results may be. The futures
 * that a pool returns may be cancelled: {@code cancel(false)} withdraws a waiting job and drops the
 * result of a running one; {@code cancel(true)} also stops the run. Completing a future by hand
 * counts as {@code cancel(true)}.
 *
 * @param <J> the type of the jobs
 * @param <R> the type of the results
 */
public final class WorkerPool<J, R> implements AutoCloseable {

  private final PoolCore<J, R> core;

  private final Cleaner.Cleanable forgotten;

  private WorkerPool(PoolCore<J, R> core) {
    this.core = core;
    this.forgotten = core.watchFor(this);
  }

  /**
   * Returns a builder of a pool whose workers a factory opens.
   *
   * {@snippet :
   * try (WorkerPool<String, String> pool = WorkerPool.of(asking).workers(8).open()) {
   *   return pool.map(List.of("one", "two", "three"));
   * }
   * }
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param factory opens the workers
   * @return a builder with all defaults
   */
  public static <J, R> Builder<J, R> of(WorkerFactory<J, R> factory) {
    return new Builder<>(factory);
  }

  /**
   * Returns a builder of a pool whose workers a plugin's factory opens. The factory is found as
   * {@link WorkerFactories#load()} finds it.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param name the name of the factory
   * @param jobType the factory's job type, or a subtype
   * @param resultType the factory's result type, or a supertype
   * @return a builder with all defaults
   * @throws NoSuchFactoryException if no factory has that name
   * @throws DuplicateFactoryException if several factories have that name
   * @throws IllegalArgumentException if the factory has other types
   */
  public static <J, R> Builder<J, R> named(String name, Class<J> jobType, Class<R> resultType) {
    return of(WorkerFactories.load().factory(name, jobType, resultType));
  }

  /**
   * Returns a builder of a pool whose jobs are callables, which its workers call. If a callable
   * throws an {@code Error} or a {@code WorkerBrokenException}, the pool replaces the worker.
   *
   * <p>The pool is named {@code tasks}. Its queue is unbounded unless a capacity is set, as
   * libraries expect of an executor.
   *
   * @return a builder with all other defaults
   */
  public static Builder<Callable<?>, Object> tasks() {
    return of(PoolCore.tasks()).queueCapacity(Integer.MAX_VALUE);
  }

  /**
   * Returns a view of a pool of callables as an executor, for everything that takes one. Shutting
   * down the executor closes the pool. What a command of {@code execute} throws goes to the
   * thread's uncaught exception handler.
   *
   * {@snippet :
   * try (WorkerPool<Callable<?>, Object> pool = WorkerPool.tasks().workers(8).open()) {
   *   ExecutorService executor = WorkerPool.asExecutorService(pool);
   *   CompletableFuture.supplyAsync(() -> 6 * 7, executor).thenAccept(System.out::println);
   * }
   * }
   *
   * <p>The view differs from the contract of {@link ExecutorService} as follows:
   *
   * <ul>
   *   <li>If the queue has a bound and is full, {@code execute} and {@code submit} wait, unless
   *       {@link WhenFull#REJECT} was chosen. If the thread is interrupted while it waits, they
   *       throw RejectedExecutionException and keep the flag. {@code invokeAll} and {@code
   *       invokeAny} always wait.
   *   <li>{@code shutdownNow} cancels the futures of all tasks, including those that run. Only the
   *       first call that stops the pool returns tasks: runnables as they were given, callables
   *       wrapped. It waits at most three seconds for workers that are just taking a task.
   *   <li>A task that was stopped and does not end within {@code cancelGrace} is abandoned. The
   *       executor is then terminated although the task runs.
   *   <li>{@code close} stops what is not done within {@code closeTimeout}, if one was set. On a
   *       worker of the pool it throws IllegalStateException. If the thread is interrupted, {@code
   *       close} stops what waits and what runs, as {@code shutdownNow} does: the futures of both
   *       are cancelled.
   *   <li>{@code isTerminated} is true once the workers are closed. When {@code shutdown} returns
   *       they are not yet closed, even if there was nothing to do.
   *   <li>A task that waits without a time-out for tasks of the same executor, in {@code get},
   *       {@code invokeAll} or {@code invokeAny}, fails with IllegalStateException if every other
   *       worker waits in the same way. The pool knows nothing of other kinds of waiting: {@code
   *       supplyAsync(task, executor).join()} and an {@code ExecutorCompletionService} on the last
   *       free worker wait for ever, as on any executor with a fixed number of threads.
   *   <li>Tasks for which no worker can be opened fail with {@link PoolBrokenException}. If a
   *       command of {@code execute} does, only the counts show it.
   *   <li>Lists are unmodifiable.
   * </ul>
   *
   * @param pool the pool that runs the tasks
   * @return a view, which keeps the pool from being forgotten
   */
  public static ExecutorService asExecutorService(WorkerPool<Callable<?>, Object> pool) {
    return PoolCore.executor(pool.core, pool);
  }

  /**
   * Does all jobs and returns their results in order.
   *
   * {@snippet :
   * List<String> answers = pool.map(List.of("one", "two", "three")); // ONE, TWO, THREE
   * }
   *
   * <p>The first failure in time stops the call: the pool cancels the running jobs and does not
   * start the others. The call takes no room in the queue.
   *
   * @param jobs the jobs, none of them null
   * @return the results in the order of the jobs, unmodifiable; a result may be null
   * @throws NullPointerException if a job is null
   * @throws JobFailedException if a job failed; by then the running jobs have stopped, or had
   *     {@code cancelGrace} to do so
   * @throws PoolClosedException if the pool is closing, or is stopped before the bulk call is done
   * @throws PoolBrokenException if no worker is left and none can be opened
   * @throws PoolInterruptedException if the thread is interrupted; the bulk call is stopped
   * @throws IllegalStateException if the caller is a worker of this pool that would wait for ever
   */
  public List<R> map(Collection<? extends J> jobs) {
    return whileKept(() -> core.map(jobs, null));
  }

  /**
   * Does all jobs as {@link #map(Collection)} does, and reports its progress.
   *
   * @param jobs the jobs, none of them null
   * @param progress receives the progress, on the calling thread
   * @return the results in the order of the jobs, unmodifiable; a result may be null
   */
  public List<R> map(Collection<? extends J> jobs, Progress progress) {
    Objects.requireNonNull(progress, "progress");
    return whileKept(() -> core.map(jobs, progress));
  }

  /**
   * Does all jobs, whatever becomes of each, and returns their outcomes in order. To do the failed
   * ones once more:
   *
   * {@snippet :
   * List<String> failed =
   *     pool.mapAll(lines).stream()
   *         .filter(outcome -> outcome instanceof Outcome.Failed)
   *         .map(Outcome::job)
   *         .toList();
   * List<Outcome<String, String>> secondTry = pool.mapAll(failed);
   * }
   *
   * <p>The call takes no room in the queue.
   *
   * @param jobs the jobs, none of them null
   * @return the outcomes in the order of the jobs, unmodifiable
   * @throws NullPointerException if a job is null
   * @throws PoolClosedException if the pool is closing
   * @throws PoolInterruptedException if the thread is interrupted; the bulk call is stopped
   * @throws IllegalStateException if the caller is a worker of this pool that would wait for ever
   */
  public List<Outcome<J, R>> mapAll(Collection<? extends J> jobs) {
    return whileKept(() -> core.mapAll(jobs, null));
  }

  /**
   * Does all jobs as {@link #mapAll(Collection)} does, and reports its progress.
   *
   * @param jobs the jobs, none of them null
   * @param progress receives the progress, on the calling thread
   * @return the outcomes in the order of the jobs, unmodifiable
   */
  public List<Outcome<J, R>> mapAll(Collection<? extends J> jobs, Progress progress) {
    Objects.requireNonNull(progress, "progress");
    return whileKept(() -> core.mapAll(jobs, progress));
  }

  /**
   * Returns the results of a source of jobs, which may have no end, in order.
   *
   * {@snippet :
   * try (Stream<String> answers = pool.stream(Files.lines(file))) {
   *   answers.forEach(tell);
   * }
   * }
   *
   * <p>Nothing happens before the stream's terminal operation. That pulls the source on the
   * consumer's thread, at most workers + {@code queueCapacity} jobs ahead, and never more than
   * workers + 1,024. It waits for room in the queue, whatever {@code whenFull} says. Close the
   * stream unless you consume it wholly: closing cancels what is under way.
   *
   * <p>The terminal operation throws {@link JobFailedException} at the first job, in order, that
   * failed, {@link PoolClosedException} at one that was cancelled or not started, {@link
   * IllegalStateException} if the consumer is a worker of this pool that would wait for ever, and
   * what {@link #submit} throws.
   *
   * @param jobs the source, which is closed with the stream; none of the jobs is null
   * @return the results; a result may be null
   */
  public Stream<R> stream(Stream<? extends J> jobs) {
    return kept(core.stream(jobs, null));
  }

  /**
   * Returns the results of a source of jobs as {@link #stream(Stream)} does, and reports its
   * progress.
   *
   * @param jobs the source, which is closed with the stream; none of the jobs is null
   * @param progress receives the progress, on the consumer's thread
   * @return the results; a result may be null
   */
  public Stream<R> stream(Stream<? extends J> jobs, Progress progress) {
    return kept(core.stream(jobs, Objects.requireNonNull(progress, "progress")));
  }

  /**
   * Returns the outcomes of a source of jobs, in the order in which the jobs settle.
   *
   * {@snippet :
   * try (Stream<Outcome<String, String>> outcomes = pool.streamUnordered(lines)) {
   *   return outcomes.filter(outcome -> !outcome.isSucceeded()).count();
   * }
   * }
   *
   * <p>Otherwise the stream is like that of {@link #stream(Stream)}. It pulls at least one job
   * before it delivers an outcome, so a source that blocks delays the outcome.
   *
   * @param jobs the source, which is closed with the stream; none of the jobs is null
   * @return the outcomes
   */
  public Stream<Outcome<J, R>> streamUnordered(Stream<? extends J> jobs) {
    return kept(core.streamUnordered(jobs, null));
  }

  /**
   * Returns the outcomes of a source of jobs as {@link #streamUnordered(Stream)} does, and reports
   * its progress.
   *
   * @param jobs the source, which is closed with the stream; none of the jobs is null
   * @param progress receives the progress, on the consumer's thread
   * @return the outcomes
   */
  public Stream<Outcome<J, R>> streamUnordered(Stream<? extends J> jobs, Progress progress) {
    return kept(core.streamUnordered(jobs, Objects.requireNonNull(progress, "progress")));
  }

  /**
   * Returns a gatherer that does the elements of a stream as jobs, in the middle of its pipeline,
   * and passes the results on in order.
   *
   * {@snippet :
   * List<String> answers =
   *     lines.stream()
   *         .filter(line -> !line.isBlank())
   *         .gather(pool.inOrder())
   *         .filter(answer -> answer.startsWith("T"))
   *         .toList();
   * }
   *
   * <p>It runs at most as far ahead as {@link #stream}. If the next stage wants no more or throws,
   * or at the first job that did not succeed, the gatherer cancels what is under way, which has
   * stopped before the stream ends. A gatherer does not learn that a stage <em>before</em> it
   * throws, that the stream's iterator is abandoned, or that the stream is closed: what is under
   * way then runs to its end, and its results are lost.
   *
   * <p>The gatherer is sequential: in a parallel stream the stages before it run in parallel, and
   * it receives their elements one after the other, in order. There the JDK hands it all elements
   * before a later stage sees one, so that a {@code limit} does not end it; call {@code
   * sequential()} on the stream. It throws what {@link #stream} throws.
   *
   * @return a gatherer, which may be used for any number of streams
   */
  public Gatherer<J, ?, R> inOrder() {
    return kept(core.inOrder());
  }

  /**
   * Returns a gatherer that is like {@link #inOrder}, but passes on the outcome of each job,
   * whatever became of it, in the order in which the jobs settle.
   *
   * @return a gatherer, which may be used for any number of streams
   */
  public Gatherer<J, ?, Outcome<J, R>> asDone() {
    return kept(core.asDone());
  }

  /** Keeps the pool from being forgotten while the gatherer is in use. */
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

  /** Keeps the pool from being forgotten while the stream is being consumed, until it is closed. */
  @SuppressWarnings("ReachabilityFenceUsage") // whoever consumes it refers to the function
  private <T> Stream<T> kept(Stream<T> stream) {
    AtomicReference<@Nullable Object> kept = new AtomicReference<>(this);
    return stream
        .map(each -> {
          Reference.reachabilityFence(kept);
          return each;
        })
        .onClose(() -> kept.set(null));
  }

  /**
   * Submits a job to any worker. If the queue is full, it waits for room or, with {@link
   * WhenFull#REJECT}, throws.
   *
   * {@snippet :
   * CompletableFuture<String> answer = pool.submit("hello");
   * }
   *
   * <p>The future fails with what the run threw, with a {@code TimeoutException} after {@code
   * jobTimeout}, with {@link PoolClosedException} if the deadline for closing the pool passes
   * before the job starts, or with {@link PoolBrokenException} if no worker can be opened.
   *
   * <p>Functions that are chained to the future without {@code Async} run on the worker, after the
   * job has settled and before the worker takes the next one: keep them short.
   *
   * @param job the job, not null
   * @return the future of its result
   * @throws PoolClosedException if the pool is closing
   * @throws QueueFullException if the queue is full, and {@link WhenFull#REJECT} was chosen or the
   *     caller is a worker of the pool that would wait for ever
   * @throws PoolInterruptedException if the thread is interrupted while it waits for room
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
   * Submits a job to the slot of its key. Jobs with equal keys go to the same slot, which does them
   * one at a time, in the order in which they were submitted:
   *
   * {@snippet :
   * CompletableFuture<String> first = pool.submit(account, "deposit 10");
   * CompletableFuture<String> then = pool.submit(account, "withdraw 5"); // not before the first
   * }
   *
   * <p>If the pool abandons the slot's worker, it holds the key of its job until that run returns
   * or the pool closes: later jobs of that key wait, those of other keys go on.
   *
   * @param key decides the slot by its {@code hashCode}, which also tells keys apart; not null
   * @param job the job, not null
   * @return the future of its result
   * @throws PoolClosedException if the pool is closing
   * @throws QueueFullException if the queue is full, and {@link WhenFull#REJECT} was chosen or the
   *     caller is a worker of the pool that would wait for ever
   * @throws PoolInterruptedException if the thread is interrupted while it waits for room
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
   * Submits a job if the queue has room for it now.
   *
   * {@snippet :
   * Optional<CompletableFuture<String>> accepted = pool.trySubmit(line);
   * if (accepted.isEmpty()) {
   *   return "try later"; // 503, 429 or whatever says so to your callers
   * }
   * }
   *
   * @param job the job, not null
   * @return the future of its result, or empty if the queue is full
   * @throws PoolClosedException if the pool is closing
   */
  public Optional<CompletableFuture<R>> trySubmit(J job) {
    return trySubmit(job, Duration.ZERO);
  }

  /**
   * Submits a job if the queue has room for it within a time limit. It waits for room whatever
   * {@code whenFull} says.
   *
   * @param job the job, not null
   * @param limit the longest time to wait; if it is zero or less, the call does not wait
   * @return the future of its result, or empty if the queue stayed full
   * @throws PoolClosedException if the pool is closing
   * @throws PoolInterruptedException if the thread is interrupted while it waits
   */
  public Optional<CompletableFuture<R>> trySubmit(J job, Duration limit) {
    return trySubmitWithin(limit, null, job);
  }

  /**
   * Submits a job to the slot of its key, as {@link #submit(Object, Object)} does, if the queue has
   * room for it within a time limit.
   *
   * @param key decides the slot by its {@code hashCode}, which also tells keys apart; not null
   * @param job the job, not null
   * @param limit the longest time to wait; if it is zero or less, the call does not wait
   * @return the future of its result, or empty if the queue stayed full
   * @throws PoolClosedException if the pool is closing
   * @throws PoolInterruptedException if the thread is interrupted while it waits
   */
  public Optional<CompletableFuture<R>> trySubmit(Object key, J job, Duration limit) {
    return trySubmitWithin(limit, Objects.requireNonNull(key, "key"), job);
  }

  private Optional<CompletableFuture<R>> trySubmitWithin(
      Duration limit, @Nullable Object key, J job) {
    Objects.requireNonNull(job, "job");
    Objects.requireNonNull(limit, "limit");
    try {
      return Optional.ofNullable(core.trySubmit(key, job, limit));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Does one job and returns its result. Waits for the result and, if the queue is full, for room.
   *
   * {@snippet :
   * String answer = pool.call("hello");
   * }
   *
   * @param job the job, not null
   * @return the result, may be null
   * @throws JobFailedException if the job failed; its index is -1
   * @throws CancellationException if the job was cancelled, for instance by a close past its
   *     deadline
   * @throws PoolClosedException if the pool is closing, or was closed before the job started
   * @throws QueueFullException if the queue is full, and {@link WhenFull#REJECT} was chosen or the
   *     caller is a worker of the pool that would wait for ever
   * @throws PoolInterruptedException if the thread is interrupted: the job is cancelled, and its
   *     run has returned or had {@code cancelGrace} to do so
   * @throws IllegalStateException if the caller is a worker of this pool that would wait for ever
   */
  public R call(J job) {
    Objects.requireNonNull(job, "job");
    try {
      return core.call(job);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** {@return the name of the pool, as set by {@link Builder#name}} */
  public String name() {
    return core.name();
  }

  /**
   * Returns a snapshot of the pool at this moment, with counts that add up. It takes the pool's
   * lock and looks at every worker: call it as often as a dashboard does, not for each job.
   *
   * @return the snapshot
   */
  public PoolStats stats() {
    return core.stats();
  }

  /**
   * Waits until no job waits or runs.
   *
   * @param limit the longest time to wait; if it is zero or less, the call does not wait
   * @return {@code true} if no job waits or runs, {@code false} if the time has elapsed
   * @throws PoolInterruptedException if the thread is interrupted
   */
  public boolean awaitIdle(Duration limit) {
    return whileKept(() -> core.awaitIdle(limit));
  }

  /**
   * Stops the intake and returns at once. The pool does what it has accepted, then the workers
   * close. Any thread may call this method, including a worker of the pool.
   */
  public void beginShutdown() {
    core.beginShutdown();
  }

  /**
   * Closes the pool, and stops what is not done by the deadline.
   *
   * {@snippet :
   * CloseReport report = pool.shutdown(Duration.ofMillis(300));
   * if (!report.isClean()) {
   *   LOG.warn("{}", report);
   * }
   * List<Object> notDone = report.notStartedJobs();
   * }
   *
   * <p>Past the deadline, waiting jobs are not started, running ones are cancelled and interrupted,
   * and workers that do not come back within {@code cancelGrace} are abandoned. If several threads
   * close the pool, all of them wait, and the earliest deadline counts. An interrupt of the calling
   * thread ends its deadline at once; the thread waits all the same, and keeps its flag.
   *
   * @param deadline how long the accepted jobs may take, from now; zero or less to stop them at
   *     once
   * @return what happened, which is the same report for all threads that close the pool
   * @throws IllegalStateException if the caller is a worker of this pool
   */
  public CloseReport shutdown(Duration deadline) {
    return shutdown(() -> core.shutdown(deadline));
  }

  private CloseReport shutdown(Supplier<CloseReport> closing) {
    CloseReport report = whileKept(closing);
    forgotten.clean();
    return report;
  }

  /**
   * Does a job once in each slot that has an open worker, for instance to refresh what each worker
   * holds.
   *
   * {@snippet :
   * List<Outcome<Request, String>> outcomes = pool.broadcast(new Refresh()); // one for each slot
   * }
   *
   * <p>The job comes before all that waits for the slot, and runs alone, on the worker that serves
   * the slot next. The pool adds the jobs at one moment, so two broadcasts reach all slots in one
   * order. Each slot's counts as a job, and takes no room in the queue. The call waits for all of
   * them; an interrupt of the thread cancels them.
   *
   * @param job the job, not null
   * @return the outcome in each slot, in the order of the slots, unmodifiable; {@link
   *     Outcome.NotStarted} for a slot without an open worker
   * @throws PoolClosedException if the pool is closing
   * @throws PoolInterruptedException if the thread is interrupted while it waits
   * @throws IllegalStateException if the caller is a worker of this pool
   */
  public List<Outcome<J, R>> broadcast(J job) {
    Objects.requireNonNull(job, "job");
    return whileKept(() -> core.broadcast(job));
  }

  /**
   * Replaces every worker with a new one of the same factory and options, one slot after the other,
   * while the pool goes on. Use it when a password ({@link Builder#optionFrom}) has changed, or a
   * server has moved:
   *
   * {@snippet :
   * ReplaceReport report = pool.replaceWorkers(); // the password has changed
   * report
   *     .cause()
   *     .ifPresent(cause -> LOG.warn("{} slots have no new worker", report.left(), cause));
   * }
   *
   * <p>In each slot the worker finishes its job, if it has one, and closes; then the next worker
   * opens and is pinged. The call waits for each worker, however long its job takes.
   *
   * <p>The first slot is the test: if its new worker cannot be opened, does not answer the ping, or
   * takes longer than {@code openTimeout}, the slot opens a worker with the old settings again, and
   * no other slot is touched. If a later slot fails, the call ends: that slot keeps trying with the
   * new settings, and the slots after it keep their old workers. The pool is {@link
   * PoolState#DEGRADED} only while a slot cannot be opened.
   *
   * <p>Concurrent calls run one after the other. If the thread is interrupted or the pool closes
   * meanwhile, the report says what was done until then; an interrupted thread keeps its flag.
   *
   * @return what was done; if it {@linkplain ReplaceReport#isComplete is complete}, no job starts
   *     on an old worker any more
   * @throws PoolClosedException if the pool is closing
   * @throws IllegalStateException if the caller is a worker of this pool
   */
  public ReplaceReport replaceWorkers() {
    return whileKept(core::replaceWorkers);
  }

  /**
   * Replaces every worker with one of another factory, such as a newer version of a plugin, which
   * gets the pool's options. Otherwise it is like {@link #replaceWorkers()}.
   *
   * {@snippet :
   * WorkerFactory<String, String> next =
   *     WorkerFactories.in(directory).factory("ask", String.class, String.class);
   * ReplaceReport report = pool.replaceWorkers(next);
   * if (!report.isComplete()) {
   *   LOG.warn("{} slots have no new worker", report.left(), report.cause().orElse(null));
   * }
   * }
   *
   * <p>An option that was given as a value must be a constant of both factories; otherwise give it
   * as text.
   *
   * @param factory opens the new workers
   * @return what was done
   * @throws IllegalArgumentException if the options do not fit the factory; nothing was touched
   * @throws PoolClosedException if the pool is closing
   * @throws IllegalStateException if the caller is a worker of this pool
   */
  public ReplaceReport replaceWorkers(WorkerFactory<J, R> factory) {
    Objects.requireNonNull(factory, "factory");
    return whileKept(() -> core.replaceWorkers(factory));
  }

  /**
   * Replaces every worker as {@link #replaceWorkers(WorkerFactory)} does, with these options
   * instead of all that the pool has, including those of {@link Builder#optionFrom}.
   *
   * @param factory opens the new workers
   * @param options the options, from name to text
   * @return what was done
   * @throws IllegalArgumentException if the options do not fit the factory; nothing was touched
   * @throws PoolClosedException if the pool is closing
   * @throws IllegalStateException if the caller is a worker of this pool
   */
  public ReplaceReport replaceWorkers(WorkerFactory<J, R> factory, Map<String, String> options) {
    Objects.requireNonNull(factory, "factory");
    Map<String, String> texts = Map.copyOf(options);
    return whileKept(() -> core.replaceWorkers(factory, texts));
  }

  /** Keeps the pool from being forgotten until that has returned. */
  private <T> T whileKept(Supplier<T> call) {
    try {
      return call.get();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Closes the pool and stops what is not done: {@link #shutdown} with a deadline that has passed.
   *
   * @return what happened
   * @throws IllegalStateException if the caller is a worker of this pool
   */
  public CloseReport shutdownNow() {
    return shutdown(Duration.ZERO);
  }

  /**
   * Closes the pool: does what it has accepted, closes every worker, and joins the threads. This is
   * {@link #shutdown} with the {@linkplain Builder#closeTimeout closing time limit} of the builder,
   * and waits as long as the jobs take if there is none.
   *
   * @throws PoolCloseException unless the report {@linkplain CloseReport#isClean is clean}
   * @throws IllegalStateException if the caller is a worker of this pool
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
   * Builds a pool. Every setting has a default.
   *
   * {@snippet :
   * WorkerPool<String, String> pool =
   *     WorkerPool.of(asking)
   *         .openTimeout(Duration.ofSeconds(10))
   *         .jobTimeout(Duration.ofMillis(500))
   *         .cancelGrace(Duration.ofSeconds(1))
   *         .closeTimeout(Duration.ofMinutes(1))
   *         .open();
   * }
   *
   * <p>This class is not thread-safe.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
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

    /** For tests, which do not wait for half a minute. */
    Builder<J, R> stallAfter(Duration time) {
      this.stallAfter = Settings.positive("stallAfter", time);
      return this;
    }

    /** Returns the options that were given. */
    OptionValues options() {
      return new OptionValues(optionTexts, optionValues);
    }

    /** Returns all other settings, checked. */
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
     * Sets the name of the pool, from which the names of its workers and threads are made: {@code
     * download-3}. Default: the factory's.
     *
     * @param name the name, not blank
     * @return this builder
     * @throws IllegalArgumentException if the name is blank
     */
    public Builder<J, R> name(String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("the pool's name must not be blank");
      }
      this.name = name;
      return this;
    }

    /**
     * Sets the number of workers. Default: the number of available processors.
     *
     * @param workers how many, from 1 to 1,000,000
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1; {@link #open} throws it if it is more
     *     than 1,000,000
     */
    public Builder<J, R> workers(int workers) {
      this.workers = Settings.atLeastOne("workers", workers);
      return this;
    }

    /**
     * Sets the kind of thread on which the workers live. Default: {@link ThreadKind#VIRTUAL}.
     *
     * @param threads the kind
     * @return this builder
     */
    public Builder<J, R> threads(ThreadKind threads) {
      this.threads = Objects.requireNonNull(threads, "threads");
      return this;
    }

    /**
     * Sets an option from text. If one name is set several times, the last value counts.
     *
     * @param name the name that users write
     * @param value the text, which {@link #open} reads
     * @return this builder
     */
    public Builder<J, R> option(String name, String value) {
      Objects.requireNonNull(value, () -> "the value of option '" + name + "'");
      optionValues.remove(name);
      optionTexts.put(name, value);
      return this;
    }

    /**
     * Sets an option to a value. If one name is set several times, the last value counts.
     *
     * @param <T> the type of the value
     * @param option the factory's own constant
     * @param value the value, not null
     * @return this builder
     */
    public <T> Builder<J, R> option(Option<T> option, T value) {
      Objects.requireNonNull(value, () -> "the value of option '" + option.name() + "'");
      return optionFrom(option, () -> value);
    }

    /**
     * Sets an option to what a supplier returns each time a worker opens, on its thread: for a
     * password that changes while the pool runs. If the supplier throws or returns null, the
     * opening fails. If one name is set several times, the last value counts.
     *
     * @param <T> the type of the value
     * @param option the factory's own constant
     * @param source supplies the value; several threads may call it at the same time
     * @return this builder
     */
    public <T> Builder<J, R> optionFrom(Option<T> option, Supplier<? extends T> source) {
      Objects.requireNonNull(source, () -> "the supplier of option '" + option.name() + "'");
      optionTexts.remove(option.name());
      optionValues.put(option.name(), new OptionValues.Given(option, source));
      return this;
    }

    /**
     * Sets options from texts, as {@link #option(String, String)} does for each.
     *
     * @param options the options, from name to text
     * @return this builder
     */
    public Builder<J, R> options(Map<String, String> options) {
      options.forEach(this::option);
      return this;
    }

    /**
     * Sets how many submitted jobs may wait, over all workers and keys together. Default: 1,024,
     * but no bound for {@link WorkerPool#tasks}.
     *
     * @param queueCapacity how many, at least 1; {@link Integer#MAX_VALUE} stands for no bound
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder<J, R> queueCapacity(int queueCapacity) {
      this.queueCapacity = Settings.atLeastOne("queueCapacity", queueCapacity);
      return this;
    }

    /**
     * Sets what {@code submit} does if the queue is full. Default: {@link WhenFull#WAIT}.
     *
     * @param whenFull wait or reject
     * @return this builder
     */
    public Builder<J, R> whenFull(WhenFull whenFull) {
      this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
      return this;
    }

    /**
     * Sets which worker takes a job without a key. Default: {@link Distribution#SHARED}.
     *
     * @param distribution how jobs are distributed
     * @return this builder
     */
    public Builder<J, R> distribution(Distribution distribution) {
      this.distribution = Objects.requireNonNull(distribution, "distribution");
      return this;
    }

    /**
     * Sets how often a job may run in all, if its workers break. The pool runs the job again on
     * another worker, but never after a time-out. Default: 1.
     *
     * <p>If the last attempt also breaks its worker, the job fails with what that worker threw; the
     * log has what the others threw. Allow more than one attempt only for jobs that may be done
     * twice.
     *
     * @param maxAttempts how often, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder<J, R> maxAttempts(int maxAttempts) {
      this.maxAttempts = Settings.atLeastOne("maxAttempts", maxAttempts);
      return this;
    }

    /**
     * Sets how often a job may be retried after a {@link RetryLaterException}, or after a failure
     * that {@link #retryOn} accepts. After that it fails with what its last run threw. Default: 3.
     *
     * <p>While a job waits for its retry it counts as queued, other jobs go on, and jobs of its key
     * wait behind it. Retries do not count towards {@link #maxAttempts}.
     *
     * @param maxRetries how often, 0 or more
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder<J, R> maxRetries(int maxRetries) {
      this.maxRetries = Settings.notNegative("maxRetries", maxRetries);
      return this;
    }

    /**
     * Retries jobs that failed with exceptions other than {@link RetryLaterException}: a failure
     * that the predicate accepts counts as one. Default: none. The last call counts.
     *
     * <p>The job waits for {@code first}, and twice as long each time after that, but never longer
     * than {@code longest}; the pool adds up to 10 % to each wait, at random. After a {@code
     * WorkerBrokenException} or an {@code Error} it replaces the worker as well.
     *
     * <p>Use it only for jobs that may be done twice: a run that failed may have done some of its
     * work. If the pool is stopped while such a job waits, it counts as not started all the same.
     *
     * @param failures accepts the failures to retry; several workers may call it at the same time;
     *     if it throws, the job fails
     * @param first the first wait, more than 0
     * @param longest the longest wait, at least {@code first}
     * @return this builder
     * @throws IllegalArgumentException if {@code first} is not positive, or {@code longest} is less
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
     * Sets how many jobs a {@link BatchWorker} may do in one call. It has no effect on other
     * workers. Default: 100.
     *
     * @param maxBatch how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder<J, R> maxBatch(int maxBatch) {
      this.maxBatch = Settings.atLeastOne("maxBatch", maxBatch);
      return this;
    }

    /**
     * Sets how many jobs a worker does before another takes its slot. Default: no limit.
     *
     * @param maxJobsPerWorker how many, at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder<J, R> maxJobsPerWorker(long maxJobsPerWorker) {
      this.maxJobsPerWorker = Settings.atLeastOne("maxJobsPerWorker", maxJobsPerWorker);
      return this;
    }

    /**
     * Sets the age at which a worker gives its slot to another, between two jobs. The actual age is
     * up to 2.5 % less, at random, so that not all workers end at once. Default: no limit.
     *
     * @param maxWorkerAge the age, more than 0
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder<J, R> maxWorkerAge(Duration maxWorkerAge) {
      this.maxWorkerAge = Settings.positive("maxWorkerAge", maxWorkerAge);
      return this;
    }

    /**
     * Sets how long a worker waits for a job before it is pinged, and then between pings. Default:
     * never pinged.
     *
     * @param pingInterval the wait, more than 0
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder<J, R> pingInterval(Duration pingInterval) {
      this.pingInterval = Settings.positive("pingInterval", pingInterval);
      return this;
    }

    /**
     * Sets how long a job may run, from its start. Default: no limit.
     *
     * <p>After that its future fails with a {@code TimeoutException}: never early, and at most 10
     * ms or 5 % late, whichever is more. The pool then stops the run; it abandons and replaces a
     * worker that does not come back within {@code cancelGrace}.
     *
     * @param jobTimeout the limit, more than 0
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder<J, R> jobTimeout(Duration jobTimeout) {
      this.jobTimeout = Settings.positive("jobTimeout", jobTimeout);
      return this;
    }

    /**
     * Sets how many workers must be open before {@link #open} returns. Default: all; then the first
     * that cannot open fails the opening.
     *
     * <p>With fewer, the pool goes on opening the others, with growing waits in between, and is
     * {@link PoolState#DEGRADED} until all are open: for a service that starts before its database.
     * With 0, {@code open} returns at once.
     *
     * @param minOpen how many, from 0 to {@code workers}
     * @return this builder
     * @throws IllegalArgumentException if it is negative; {@code open} throws it if there are fewer
     *     workers
     */
    public Builder<J, R> minOpen(int minOpen) {
      this.minOpen = Settings.notNegative("minOpen", minOpen);
      return this;
    }

    /**
     * Sets how long {@code open} may take and, later, the opening or the ping of a worker. It is
     * also how long jobs wait for a worker if none can be opened. Default: 30 s.
     *
     * @param openTimeout the limit, more than 0
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder<J, R> openTimeout(Duration openTimeout) {
      this.openTimeout = Settings.positive("openTimeout", openTimeout);
      return this;
    }

    /**
     * Sets how long {@code close} may take until it stops what is not done. Default: no limit.
     *
     * @param closeTimeout the limit, more than 0
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder<J, R> closeTimeout(Duration closeTimeout) {
      this.closeTimeout = Settings.positive("closeTimeout", closeTimeout);
      return this;
    }

    /**
     * Sets how long the pool waits for a worker that a time-out or a close has stopped before it
     * abandons the worker. A job that its owner cancels has no such limit, unless {@link
     * #jobTimeout} is set. Default: 5 s.
     *
     * @param cancelGrace the time, zero or more
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder<J, R> cancelGrace(Duration cancelGrace) {
      this.cancelGrace = Settings.notNegative("cancelGrace", cancelGrace);
      return this;
    }

    /**
     * Sets how long the exit of the JVM waits for the pool to close, if it is still open. Jobs that
     * still run are stopped when {@code cancelGrace} (at least a second) is left of it, or half of
     * it if that is less. Default: 30 s.
     *
     * @param closeOnExit the limit, more than 0
     * @return this builder
     * @throws IllegalArgumentException if it is not positive
     */
    public Builder<J, R> closeOnExit(Duration closeOnExit) {
      this.closeOnExit = Settings.positive("closeOnExit", closeOnExit);
      return this;
    }

    /**
     * Leaves the pool open when the JVM exits. Somebody else closes it, such as a container that
     * first waits for the requests that use the pool. The last call of this method and {@link
     * #closeOnExit} counts.
     *
     * @return this builder
     */
    public Builder<J, R> leaveOpenOnExit() {
      this.closeOnExit = null;
      return this;
    }

    /**
     * Adds a context, which carries what surrounds a job on its submitter's thread to the worker
     * that runs it. Several contexts nest, the first one outermost. Default: nothing is carried.
     *
     * @param context such as {@link JobContext#mdc()}
     * @return this builder
     */
    public Builder<J, R> context(JobContext context) {
      contexts.add(Objects.requireNonNull(context, "context"));
      return this;
    }

    /**
     * Adds a listener for the events of the pool, its workers and its jobs. Several listeners are
     * called one after the other, in the order in which they were added. Default: none.
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
     * Opens the pool. Returns when every worker is open, or {@code minOpen} of them.
     *
     * @return the pool, which the caller must close
     * @throws IllegalArgumentException if an option is unknown, missing or unreadable, or if {@code
     *     workers} or {@code minOpen} is too large; no worker was opened
     * @throws OpenFailedException if a worker could not be opened within {@code openTimeout}; the
     *     open ones are closed
     * @throws PoolInterruptedException if the thread is interrupted; the workers are closed
     * @throws IllegalStateException if the JVM is exiting, unless {@link #leaveOpenOnExit} was
     *     called
     */
    public WorkerPool<J, R> open() {
      return PoolCore.open(factory, options(), settings(), WorkerPool<J, R>::new);
    }
  }
}
