package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.core.TestSettings;
import pool.core.WorkerPool;
import pool.core.internal.batch.Batch;
import pool.core.internal.batch.Batches;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkCalls;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.job.Attempts;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.Unpublished;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.life.Counts;
import pool.core.internal.life.Settings;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.NoPool;
import pool.core.internal.util.HelperExecutor;

/** The parts of a pool of which no worker's thread is started: a test does what they would do. */
public class Threadless extends NoPool {

  /** What happens when the supervisor is called. */
  protected Runnable onRing = () -> {};

  public final Base base;
  public final Slots<String, String> slots;
  public final IdleWorkers idleWorkers;
  public final JobQueue<String, String> queue;
  public final DelayedJobs<String, String> delayed;
  final BulkCalls<String, String> bulkCalls;
  public final PoolCounters<String, String> counters;
  public final SettledWatch<String, String> watch;
  final Attempts attempts;
  final Unpublished unpublished = new Unpublished();
  public final HelperExecutor helperExecutor;
  public final JobSettler<String, String> settler;
  final JobRetries<String, String> retries;
  final Dispatcher<String, String> dispatcher;

  /** An open pool that is named {@code echo}. */
  Threadless(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, _ -> job -> job);
    this(set, WorkerSource.of(factory, OptionValues.NONE), new NoHost());
    underLock(() -> {
      base.life().beginOpening();
      slots.forEach(slot -> open(slot, job -> job));
    });
  }

  /** One that opens; its threads ask the host, if they are started. */
  protected Threadless(
      UnaryOperator<WorkerPool.Builder<String, String>> set,
      WorkerSource<String, String> source,
      WorkerHost<String, String> host) {
    Settings settings = TestSettings.with(set);
    base =
        Base.of(
            settings,
            () -> {
              onRing.run();
              return false; // so that each ring calls it
            });
    idleWorkers = new IdleWorkers(base.lock(), settings.workers());
    slots = new Slots<>("echo", settings.workers(), source);
    queue = new JobQueue<>(base, this, idleWorkers, slots.queues(), slots::takeNewlyStarted);
    delayed = new DelayedJobs<>(base, slots.queues(), queue, idleWorkers);
    bulkCalls = new BulkCalls<>(slots.queues(), idleWorkers, settings.distribution());
    counters = new PoolCounters<>(slots, queue, bulkCalls);
    watch = new SettledWatch<>(base, counters, slots, idleWorkers);
    attempts = new Attempts(settings.maxAttempts(), settings.maxRetries());
    helperExecutor = new HelperExecutor(base.helpers());
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
    retries = new JobRetries<>(base, queue, delayed, idleWorkers, attempts);
    Batches<String, String> batches =
        new Batches<>(
            settings, this, slots.queues(), queue, bulkCalls, idleWorkers, attempts::hasBroken);
    dispatcher =
        new Dispatcher<>(
            base, slots, queue, delayed, bulkCalls, idleWorkers, settler, watch, batches);
    WorkerParts<String, String> parts = new WorkerParts<>(base, dispatcher, settler, retries, host);
    slots.forEach(slot -> slot.fill(new WorkerThread<>(parts, slot)));
  }

  public void underLock(Runnable action) {
    try (var _ = base.hold()) {
      action.run();
    }
  }

  private static void open(Slot<String, String> slot, Worker<String, String> worker) {
    slot.thread().beginsToOpen(slot.source());
    slot.thread().opened(worker);
  }

  public WorkerThread<String, String> thread(int slot) {
    return slots.get(slot).thread();
  }

  /** The first slot has opened another worker. */
  void opened(Worker<String, String> worker) {
    underLock(() -> open(slots.getFirst(), worker));
  }

  JobFuture<String, String> submit(String job) {
    return queue.submit(job);
  }

  BulkCall<String, String> map(boolean stopsAtFailure, String... jobs) {
    try (var _ = base.hold()) {
      return bulkCalls.add(
          BulkCalls.jobs(List.of(jobs)),
          stopsAtFailure,
          0,
          base.lock().condition(),
          queue.capture());
    }
  }

  void assertEnded(BulkCall<String, String> bulk) throws InterruptedException {
    try (var _ = base.hold()) {
      assertTrue(bulk.await(System.nanoTime()));
    }
  }

  /** What the first worker does next, which it has started. */
  Work<String, String> next() {
    return Objects.requireNonNull(dispatcher.next(thread(0)));
  }

  /** What the first worker does next together. */
  Batch<String, String> nextBatch() {
    return Objects.requireNonNull(dispatcher.gather(thread(0), next()));
  }

  /** The first worker does what it does next; returns what that threw. */
  @Nullable Throwable runNext(Worker<String, String> worker) {
    return thread(0).runner().run(worker, next());
  }

  Counts counts() {
    try (var _ = base.hold()) {
      return counters.counts();
    }
  }

  /** How the jobs stand, as the counts have it. */
  String stand() {
    Counts now = counts();
    StringBuilder text = new StringBuilder();
    Stream.of(
            part(now.queued(), "queued"),
            part(now.running(), "running"),
            part(now.succeeded(), "succeeded"),
            part(now.failed(), "failed"),
            part(now.cancelled(), "cancelled"),
            part(now.notStarted(), "not started"))
        .filter(part -> !part.isEmpty())
        .forEach(part -> text.append(text.isEmpty() ? "" : ", ").append(part));
    return text.toString();
  }

  private static String part(long count, String what) {
    return count == 0 ? "" : count + " " + what;
  }

  /** The job was cancelled, and its run, if there is one, was left alone. */
  void cancel(JobFuture<String, String> future) {
    assertTrue(future.cancelHere(false));
  }

  @Override
  public boolean settleCancelled(JobFuture<String, String> future, boolean stop) {
    return settler.settleCancelled(future, stop);
  }

  @Override
  @SuppressWarnings("unchecked") // it is one of this pool
  public void placeSettled(
      PlaceFuture<String, String> place,
      Object bulk,
      @Nullable String result,
      @Nullable Throwable cause) {
    settler.placeSettled((BulkCall<String, String>) bulk, place, result, cause);
  }

  @Override
  public void failIfNobodyCan(int slot) {
    // somebody can
  }

  /** Who would fill the slots. */
  private static final class NoHost implements WorkerHost<String, String> {

    @Override
    public WorkerSource<String, String> opens(WorkerThread<String, String> thread) {
      throw needsAPool();
    }

    @Override
    public boolean wantsPing(
        WorkerThread<String, String> thread, WorkerSource<String, String> source) {
      throw needsAPool();
    }

    @Override
    public boolean opened(
        WorkerThread<String, String> thread,
        Worker<String, String> worker,
        WorkerSource<String, String> source) {
      throw needsAPool();
    }

    @Override
    public void openFailed(
        WorkerThread<String, String> thread, WorkerSource<String, String> source, Throwable cause) {
      throw needsAPool();
    }

    @Override
    public boolean awaitRetry(WorkerThread<String, String> thread) {
      throw needsAPool();
    }

    @Override
    public void left(WorkerThread<String, String> thread) {
      throw needsAPool();
    }

    @Override
    public boolean wantsAnother(WorkerThread<String, String> thread) {
      throw needsAPool();
    }

    @Override
    public void ended(WorkerThread<String, String> thread) {
      throw needsAPool();
    }
  }
}
