package pool.core.internal;

import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Gatherer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.api.internal.SafeText;
import pool.core.CloseReport;
import pool.core.OpenFailedException;
import pool.core.Outcome;
import pool.core.PoolBrokenException;
import pool.core.PoolState;
import pool.core.PoolStats;
import pool.core.Progress;
import pool.core.ReplaceReport;
import pool.core.internal.batch.Batches;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkCalls;
import pool.core.internal.close.Closing;
import pool.core.internal.close.ExitHook;
import pool.core.internal.close.LeakDetector;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.executor.TaskExecutor;
import pool.core.internal.job.Attempts;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.Unpublished;
import pool.core.internal.life.Base;
import pool.core.internal.life.Counts;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.life.Settings;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.QueueOwner;
import pool.core.internal.stream.PoolStreams;
import pool.core.internal.supervise.RollingReplacement;
import pool.core.internal.supervise.SlotFiller;
import pool.core.internal.supervise.Supervisor;
import pool.core.internal.supervise.WorkerAbandonment;
import pool.core.internal.supervise.WorkerWaits;
import pool.core.internal.util.HelperExecutor;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolLock;
import pool.core.internal.worker.CancelExecutor;
import pool.core.internal.worker.Dispatcher;
import pool.core.internal.worker.JobRetries;
import pool.core.internal.worker.JobSettler;
import pool.core.internal.worker.PoolCounters;
import pool.core.internal.worker.SettledWatch;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerParts;
import pool.core.internal.worker.WorkerSource;
import pool.core.internal.worker.WorkerThread;

/**
 * A pool: makes its parts, and is what the application's {@code WorkerPool} delegates to. Workers,
 * the exit hook and futures never refer to the {@code WorkerPool}, so that a pool that was
 * forgotten can be noticed.
 *
 * <p>The parts stand in packages whose arrows point one way. What a lower part has to ask of a
 * higher one goes through an interface, such as {@link QueueOwner}, which this implements, or
 * through a callback that is given here.
 */
public final class PoolCore<J, R> implements QueueOwner<J, R> {

  // Not private, so that the tests of this package can take the place of its threads:
  final Base base;
  final Settings settings;
  final PoolLock lock;
  final Lifecycle life;
  final IdleWorkers idleWorkers;
  final Slots<J, R> slots;
  final JobQueue<J, R> queue;
  final BulkCalls<J, R> bulkCalls;
  final PoolCounters<J, R> counters;
  final SettledWatch<J, R> watch;
  final HelperExecutor helperExecutor;
  final JobSettler<J, R> settler;
  final Dispatcher<J, R> dispatcher;
  final RollingReplacement<J, R> roll;
  final SlotFiller<J, R> slotFiller;
  final WorkerWaits<J, R> waits;
  final WorkerAbandonment<J, R> abandonment;
  final Supervisor<J, R> supervisor;
  final Closing<J, R> closing;
  final BlockingCalls<J, R> calls;
  final PoolStreams<J, R> streams;
  final ExitHook<J, R> exitHook;

  PoolCore(WorkerFactory<J, R> factory, OptionValues options, Settings settings) {
    this.settings = settings;
    WorkerSource<J, R> source = WorkerSource.of(factory, options);
    base = Base.of(settings, this::startSupervisor);
    lock = base.lock();
    life = base.life();
    idleWorkers = new IdleWorkers(lock, settings.workers());
    slots = new Slots<>(settings.name(), settings.workers(), source);
    queue = new JobQueue<>(base, this, idleWorkers, slots.queues(), slots::takeNewlyStarted);
    DelayedJobs<J, R> delayed = new DelayedJobs<>(base, slots.queues(), queue, idleWorkers);
    bulkCalls = new BulkCalls<>(slots.queues(), idleWorkers, settings.distribution());
    counters = new PoolCounters<>(slots, queue, bulkCalls);
    watch = new SettledWatch<>(base, counters, slots, idleWorkers);
    helperExecutor = new HelperExecutor(base.helpers());
    Unpublished unpublished = new Unpublished();
    Attempts attempts = new Attempts(settings.maxAttempts(), settings.maxRetries());
    settler =
        new JobSettler<>(
            base,
            slots,
            queue,
            delayed,
            bulkCalls,
            attempts,
            counters,
            watch,
            new CancelExecutor(base, helperExecutor),
            helperExecutor,
            unpublished);
    JobRetries<J, R> retries = new JobRetries<>(base, queue, delayed, idleWorkers, attempts);
    Batches<J, R> batches =
        new Batches<>(
            settings, this, slots.queues(), queue, bulkCalls, idleWorkers, attempts::hasBroken);
    dispatcher =
        new Dispatcher<>(
            base, slots, queue, delayed, bulkCalls, idleWorkers, settler, watch, batches);
    roll = new RollingReplacement<>(base, slots, idleWorkers, source);
    slotFiller = new SlotFiller<>(base, slots, watch, roll, this::threadEnded);
    waits = new WorkerWaits<>(base, slots, queue, delayed, settler);
    abandonment =
        new WorkerAbandonment<>(base, slots, settler, slotFiller, waits, this::threadEnded);
    supervisor =
        new Supervisor<>(
            base, slots, idleWorkers, queue, delayed, settler, slotFiller, abandonment);
    closing =
        new Closing<>(
            base,
            slots,
            queue,
            delayed,
            counters,
            watch,
            settler,
            slotFiller,
            abandonment,
            unpublished,
            this::release,
            this::awaitHelpers);
    calls = new BlockingCalls<>(base, slots, queue, this, bulkCalls, settler, waits);
    streams = new PoolStreams<>(base, queue, settler, waits);
    exitHook = new ExitHook<>(base, slots, abandonment, closing);
    WorkerParts<J, R> parts = new WorkerParts<>(base, dispatcher, settler, retries, slotFiller);
    slots.forEach(slot -> slot.fill(new WorkerThread<>(parts, slot)));
  }

  /**
   * Makes a pool and opens its workers.
   *
   * @param <P> what the application holds of the pool
   */
  public static <J, R, P> P open(
      WorkerFactory<J, R> factory,
      OptionValues options,
      Settings settings,
      Function<PoolCore<J, R>, P> held) {
    LogLine.begin();
    PoolCore<J, R> pool = new PoolCore<>(factory, options, settings);
    try {
      pool.open();
      return held.apply(pool);
    } catch (Error e) { // such as an OutOfMemoryError: nobody else would close it
      pool.closing.insist(Duration.ZERO);
      throw e;
    }
  }

  private boolean startSupervisor() {
    return base.helpers().start("supervisor", supervisor, "nothing is timed") != null;
  }

  private void threadEnded() {
    closing.threadEnded();
  }

  /** Lets go of what outlives the workers. */
  private void release() {
    exitHook.remove();
    helperExecutor.close();
    try (var _ = lock.hold()) {
      base.bell().end();
    }
  }

  private void awaitHelpers(long deadline) throws InterruptedException {
    helperExecutor.awaitEnd(deadline);
    base.events().awaitEnd();
  }

  private void open() {
    exitHook.register();
    base.events().begin();
    Throwable cause;
    try {
      cause = slotFiller.open();
    } catch (TimeoutException e) {
      cause = e;
    } catch (InterruptedException e) {
      CloseReport _ = closing.shutdown(Duration.ZERO);
      throw Interrupts.flagKept("the workers to open", e);
    }
    if (cause != null || !life.acceptsJobs()) {
      throw giveUp(cause);
    }
    try (var _ = lock.hold()) {
      base.bell().ring(); // who was open before the others may not have slept yet, or be pinged
    }
  }

  private OpenFailedException giveUp(@Nullable Throwable cause) {
    CloseReport closed = closing.shutdown(Duration.ZERO);
    StringBuilder message = new StringBuilder("pool '" + settings.name() + "' could not be opened");
    message.append(cause == null ? ": it was closed meanwhile" : ": " + SafeText.of(cause));
    if (cause instanceof TimeoutException) { // a worker may say what it had waited for
      slotFiller
          .lastFailure()
          .ifPresent(said -> message.append("; interrupted, it said: ").append(said));
    }
    closed
        .abandoned()
        .forEach(worker -> message.append("; ").append(worker.worker()).append(" hangs"));
    OpenFailedException e = new OpenFailedException(message.toString(), cause);
    slotFiller.otherFailures().forEach(e::addSuppressed);
    closed.closeFailures().forEach(failed -> e.addSuppressed(failed.cause()));
    return e;
  }

  // Replacing workers

  /** Replaces every worker by one of the same factory with the same options. */
  public ReplaceReport replaceWorkers() {
    return replaceWorkers(WorkerSource::again);
  }

  /** The same, of another factory. */
  public ReplaceReport replaceWorkers(WorkerFactory<J, R> next) {
    return replaceWorkers(source -> WorkerSource.of(next, source.options()));
  }

  /** The same with other options. */
  public ReplaceReport replaceWorkers(WorkerFactory<J, R> next, Map<String, String> texts) {
    OptionValues given = new OptionValues(texts, Map.of());
    return replaceWorkers(_ -> WorkerSource.of(next, given));
  }

  private ReplaceReport replaceWorkers(UnaryOperator<WorkerSource<J, R>> next) {
    if (WorkerThread.runsFor(lock)) {
      throw new IllegalStateException(
          "the workers of pool '%s' cannot be replaced by one of them, which would wait for itself"
              .formatted(settings.name()));
    }
    if (life.isClosing()) {
      throw life.closedCause("its workers are not replaced");
    }
    return roll.replaceAll(next);
  }

  // What lower parts ask

  @Override
  public boolean settleCancelled(JobFuture<J, R> future, boolean stop) {
    return settler.settleCancelled(future, stop);
  }

  @Override
  @SuppressWarnings("unchecked") // it is one of this pool
  public void placeSettled(
      PlaceFuture<J, R> place, Object bulk, @Nullable R result, @Nullable Throwable cause) {
    settler.placeSettled((BulkCall<J, R>) bulk, place, result, cause);
  }

  @Override
  public void beginWait(JobFuture<J, R> future) {
    waits.begin(future);
  }

  @Override
  public void beginWaitForRoom(@Nullable BooleanSupplier better) {
    waits.beginForRoom(better);
  }

  @Override
  public void endWait() {
    waits.end();
  }

  @Override
  public void noteTimeOut(JobFuture<J, R> future) {
    waits.noteTimeOut(future);
  }

  @Override
  public void failIfNobodyCan(int slot) {
    PoolBrokenException broken = life.broken();
    if (broken != null) {
      settler.failAllWaiting(broken);
    }
    if (slot != JobQueue.ANY) {
      abandonment.failIfEmpty(slots.get(slot));
    }
  }

  // One job

  /** Accepts a job, perhaps with a key; when the queue is full, waits or refuses. */
  public CompletableFuture<R> submit(@Nullable Object key, J job) {
    return key == null ? queue.submit(job) : queue.submit(job, key.hashCode());
  }

  /** The same; null when the queue is full for so long. */
  public @Nullable CompletableFuture<R> trySubmit(@Nullable Object key, J job, Duration limit) {
    return key == null ? queue.trySubmit(job, limit) : queue.trySubmit(job, key.hashCode(), limit);
  }

  /** Does one job, and waits for it. */
  public R call(J job) {
    return calls.call(job);
  }

  // Several jobs

  /** Does a job once in each slot that has a worker; the outcomes, by slot. */
  public List<Outcome<J, R>> broadcast(J job) {
    return calls.broadcast(job);
  }

  /** Every result in order; throws at the first failure in time. */
  public List<R> map(Collection<? extends J> jobs, @Nullable Progress progress) {
    return calls.map(jobs, progress);
  }

  /** Every outcome in order. */
  public List<Outcome<J, R>> mapAll(Collection<? extends J> jobs, @Nullable Progress progress) {
    return calls.mapAll(jobs, progress);
  }

  /** The results in the order of the source. */
  public Stream<R> stream(Stream<? extends J> jobs, @Nullable Progress progress) {
    return streams.results(jobs, progress);
  }

  /** The outcomes in the order in which the jobs settle. */
  public Stream<Outcome<J, R>> streamUnordered(
      Stream<? extends J> jobs, @Nullable Progress progress) {
    return streams.outcomes(jobs, progress);
  }

  /** The results of the elements of a stream, in their order. */
  public Gatherer<J, ?, R> inOrder() {
    return streams.inOrder();
  }

  /** The outcomes of the elements of a stream, as they are ready. */
  public Gatherer<J, ?, Outcome<J, R>> asDone() {
    return streams.asDone();
  }

  // Executors

  /** The factory of pools that run tasks. */
  public static WorkerFactory<Callable<?>, Object> tasks() {
    return TaskExecutor.factory();
  }

  /**
   * A pool of tasks as an executor.
   *
   * @param held what the application holds of the pool: not forgotten while the executor is there
   */
  public static ExecutorService executor(PoolCore<Callable<?>, Object> pool, Object held) {
    return new TaskExecutor(pool.base, held, pool.queue, pool.watch, pool.waits, pool.closing);
  }

  // Looking and closing

  public PoolStats stats() {
    try (var _ = lock.hold()) {
      Counts counts = counters.counts();
      return new PoolStats(
          life.state(),
          counts.queued(),
          counts.running(),
          counts.submitted(),
          counts.succeeded(),
          counts.failed(),
          counts.cancelled(),
          counts.notStarted(),
          counters.retries(),
          counters.workers());
    }
  }

  public boolean awaitIdle(Duration limit) {
    return watch.awaitIdle(limit);
  }

  public String name() {
    return settings.name();
  }

  public PoolState state() {
    return life.state();
  }

  /** As {@link Closing#beginShutdown}. */
  public void beginShutdown() {
    closing.beginShutdown();
  }

  /** As {@link Closing#shutdown}. */
  public CloseReport shutdown(Duration limit) {
    return closing.shutdown(limit);
  }

  /** As {@link Closing#close}. */
  public CloseReport close() {
    return closing.close();
  }

  /** Closes the pool when that which the application holds of it is forgotten. */
  public Cleaner.Cleanable watchFor(Object held) {
    return new LeakDetector(base, closing).watch(held);
  }
}
