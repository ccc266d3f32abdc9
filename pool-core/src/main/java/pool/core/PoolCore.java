package pool.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * The parts of a pool. Workers, the exit hook and futures refer to this and never to the {@link
 * WorkerPool}, so that a pool that was forgotten can be noticed.
 */
final class PoolCore<J, R> {

  /** How often progress is told. */
  static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();

  final WorkerFactory<J, R> factory;
  final Settings settings;
  final ReentrantLock lock = new ReentrantLock();
  final PoolEvents events;
  final Lifecycle life;
  final Slots<J, R> workers;
  final IdleWorkers idleWorkers;
  final SlotQueues<J, R> queue;
  final Admission<J, R> admission;
  final PoolCounters<J, R> counters;
  final CompletionSignals<J, R> signals;
  final Dispatcher<J, R> dispatcher;
  final Canceller<J, R> canceller;
  final CancelExecutor cancelExecutor;
  final Closing<J, R> closing;
  final WorkerReplacement<J, R> replacement;
  final WorkerAbandonment<J, R> abandonments;
  final CloseReportBuilder<J, R> reportBuilder;
  final Attempts<J, R> attempts;
  final WorkerWaits<J, R> waits;
  final Supervisor<J, R> supervisor;
  final ExitHook exitHook;

  PoolCore(WorkerFactory<J, R> factory, Settings settings) {
    this.factory = factory;
    this.settings = settings;
    this.events = new PoolEvents(settings.name(), settings.listener());
    this.life = new Lifecycle(events);
    this.workers = new Slots<>(settings.workers());
    this.idleWorkers = new IdleWorkers(lock, this::workerWoke);
    this.queue = new SlotQueues<>(settings.workers(), settings.distribution());
    this.admission = new Admission<>(this);
    this.counters = new PoolCounters<>(workers, admission);
    this.signals = new CompletionSignals<>(this);
    this.dispatcher = new Dispatcher<>(this);
    this.canceller = new Canceller<>(this);
    this.cancelExecutor = new CancelExecutor(settings.name());
    this.closing = new Closing<>(this);
    this.replacement = new WorkerReplacement<>(this);
    this.abandonments = new WorkerAbandonment<>(this);
    this.reportBuilder = new CloseReportBuilder<>(this);
    this.attempts = new Attempts<>(this);
    this.waits = new WorkerWaits<>(this);
    this.supervisor = new Supervisor<>(this);
    this.exitHook = new ExitHook(settings.name(), closing::atExit);
    workers.fill(slot -> new WorkerThread<>(this, slot));
  }

  void open() {
    if (settings.closeOnExit().isPresent()) {
      exitHook.register();
    }
    events.begin();
    replacement.open();
    lock.lock();
    try {
      supervisor.watch(); // who was open before the others may not have slept yet, or be pinged
    } finally {
      lock.unlock();
    }
  }

  private void workerWoke() {
    supervisor.workerWoke();
  }

  /**
   * The slot of a key: the same for equal keys. The finalizer of MurmurHash3 (Appleby, 2011) mixes
   * the hash, so that regular keys, such as multiples of 64, spread over all slots; a
   * multiplication scales it to their number (Lemire, 2019), which needs its high bits only.
   */
  static int slotOf(Object key, int slots) {
    int hash = key.hashCode();
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    hash ^= hash >>> 16;
    return (int) ((Integer.toUnsignedLong(hash) * slots) >>> 32);
  }

  int slotOf(Object key) {
    return slotOf(key, settings.workers());
  }

  /** Does one job, and waits for it. */
  R call(J job) {
    JobFuture<J, R> future = admission.submit(job);
    try {
      Object _ = future.get();
    } catch (ExecutionException | CancellationException e) {
      // how it ended is the outcome's to say
    } catch (InterruptedException e) {
      cancelAndAwait(future);
      throw PoolInterruptedException.flagKept("a job", e);
    } catch (IllegalStateException e) { // the wait could never end
      cancelAndAwait(future);
      throw e;
    }
    return future.outcome(job).orElseThrow();
  }

  private void cancelAndAwait(JobFuture<J, R> future) {
    future.cancel(true);
    canceller.awaitReturn(work -> work == future, settings.cancelGrace());
  }

  PoolClosedException poolClosed(String what) {
    return new PoolClosedException(
        "pool '%s' is %s: %s"
            .formatted(settings.name(), life.isClosed() ? "closed" : "closing", what));
  }

  /** Every result in order; throws at the first failure in time. */
  @SuppressWarnings("unchecked") // nothing was not done, so all are results
  List<R> map(Collection<? extends J> jobs, @Nullable Progress progress) {
    BulkCall<J, R> bulk = run(jobs, true, progress);
    Throwable cause = bulk.failure();
    if (cause != null) {
      throw new JobFailedException(bulk.job(bulk.failedPlace()), bulk.failedPlace(), cause);
    }
    if (bulk.brokenBy() instanceof PoolBrokenException broken) {
      throw new PoolBrokenException(String.valueOf(broken.getMessage()), broken.getCause());
    }
    if (bulk.notDone() >= 0) {
      throw poolClosed("job %d of the bulk call was not done".formatted(bulk.notDone()));
    }
    return Collections.unmodifiableList((List<R>) Arrays.asList(bulk.settledPlaces()));
  }

  /** Every outcome in order. */
  @SuppressWarnings("unchecked") // it keeps outcomes
  List<Outcome<J, R>> mapAll(Collection<? extends J> jobs, @Nullable Progress progress) {
    return (List<Outcome<J, R>>) (List<?>) List.of(run(jobs, false, progress).settledPlaces());
  }

  private BulkCall<J, R> run(
      Collection<? extends J> jobs, boolean stopsAtFailure, @Nullable Progress progress) {
    BulkCall<J, R> bulk = submit(BulkCall.jobs(jobs), stopsAtFailure);
    try {
      await(bulk, progress);
      if (bulk.stopsNow()) {
        awaitReturn(bulk);
      }
      return bulk;
    } catch (RuntimeException | Error e) { // it would wait for ever, or the progress threw
      canceller.abort(bulk);
      awaitReturn(bulk);
      throw e;
    } catch (InterruptedException e) {
      canceller.abort(bulk);
      awaitReturn(bulk);
      throw PoolInterruptedException.flagKept("a bulk call", e);
    }
  }

  private void await(BulkCall<J, R> bulk, @Nullable Progress progress) throws InterruptedException {
    WorkerThread<J, R> worker = null;
    lock.lock();
    try {
      worker = waits.begin(bulk);
      while (!bulk.await(progress == null ? Long.MAX_VALUE : PROGRESS_NANOS)) {
        if (progress != null) {
          waits.end(worker); // what is told may wait itself
          tell(bulk, progress);
          worker = waits.begin(bulk);
        }
      }
    } finally {
      lock.unlock();
      waits.end(worker);
    }
    if (progress != null && !bulk.stopsNow()) {
      progress.done(bulk.jobs(), bulk.jobs());
    }
  }

  /** Without the lock meanwhile, which is held. */
  private void tell(BulkCall<J, R> bulk, Progress progress) {
    lock.unlock();
    try {
      progress.done(bulk.passed(), bulk.jobs());
    } finally {
      lock.lock();
    }
  }

  /** Accepts all jobs of a bulk call at once. */
  private BulkCall<J, R> submit(Object[] jobs, boolean stopsAtFailure) {
    lock.lock();
    try {
      admission.requireOpen();
      BulkCall<J, R> bulk =
          new BulkCall<>(
              jobs,
              stopsAtFailure,
              queue.isEven(),
              queue.order(workers),
              settings.jobTimeout().isPresent() ? 2 * workers.size() : workers.size(),
              lock.newCondition());
      if (jobs.length > 0) {
        counters.submittedBatch(jobs.length);
        queue.add(bulk, workers);
        dispatcher.wakeFor(bulk);
      }
      return bulk;
    } finally {
      lock.unlock();
      replacement.failIfBrokenStill();
    }
  }

  private void awaitReturn(BulkCall<J, R> bulk) {
    canceller.awaitReturn(work -> work == bulk, settings.cancelGrace());
  }

  PoolStats stats() {
    lock.lock();
    try {
      PoolCounters.Snapshot counts = counters.snapshot();
      return new PoolStats(
          life.state(),
          counts.queued(),
          counts.running(),
          counts.submitted(),
          counts.succeeded(),
          counts.failed(),
          counts.cancelled(),
          counts.notStarted(),
          workers.stream().map(WorkerThread::stats).toList());
    } finally {
      lock.unlock();
    }
  }
}
