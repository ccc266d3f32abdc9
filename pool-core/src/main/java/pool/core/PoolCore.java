package pool.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
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
  final Moments moments;
  final Lifecycle life;
  final Slots<J, R> workers;
  final Sleepers sleepers;
  final JobQueue<J, R> queue;
  final Intake<J, R> intake;
  final Accounts<J, R> accounts;
  final Attention<J, R> attention;
  final Dispatcher<J, R> dispatcher;
  final Canceller<J, R> canceller;
  final Stopper stopper;
  final Closing<J, R> closing;
  final Crew<J, R> crew;
  final Abandonment<J, R> abandonment;
  final ReportDraft<J, R> draft;
  final Retries<J, R> retries;
  final Deadlocks<J, R> deadlocks;
  final Supervisor<J, R> supervisor;
  final ExitHook exitHook;

  PoolCore(WorkerFactory<J, R> factory, Settings settings) {
    this.factory = factory;
    this.settings = settings;
    this.moments = new Moments(settings.name(), settings.listener());
    this.life = new Lifecycle(moments);
    this.workers = new Slots<>(settings.workers());
    this.sleepers = new Sleepers(lock, this::workerWoke);
    this.queue = new JobQueue<>(settings.workers(), settings.distribution());
    this.intake = new Intake<>(this);
    this.accounts = new Accounts<>(workers, intake);
    this.attention = new Attention<>(this);
    this.dispatcher = new Dispatcher<>(this);
    this.canceller = new Canceller<>(this);
    this.stopper = new Stopper(settings.name());
    this.closing = new Closing<>(this);
    this.crew = new Crew<>(this);
    this.abandonment = new Abandonment<>(this);
    this.draft = new ReportDraft<>(this);
    this.retries = new Retries<>(this);
    this.deadlocks = new Deadlocks<>(this);
    this.supervisor = new Supervisor<>(this);
    this.exitHook = new ExitHook(settings.name(), closing::atExit);
    workers.fill(slot -> new WorkerThread<>(this, slot));
  }

  void open() {
    exitHook.register();
    moments.begin();
    crew.open();
    lock.lock();
    try {
      supervisor.watch(); // who was open before the others may not have slept yet, or be pinged
    } finally {
      lock.unlock();
    }
  }

  private void workerWoke() {
    supervisor.watch(); // it may run a job
  }

  /** The slot of a key: the same for equal keys. */
  int slotOf(Object key) {
    int hash = key.hashCode();
    return Math.floorMod(hash ^ (hash >>> 16), settings.workers());
  }

  PoolClosedException poolClosed(String what) {
    return new PoolClosedException(
        "pool '%s' is %s: %s"
            .formatted(settings.name(), life.isClosed() ? "closed" : "closing", what));
  }

  /** Every result in order; throws at the first failure in time. */
  @SuppressWarnings("unchecked") // nothing was not done, so all are results
  List<R> map(Collection<? extends J> jobs, @Nullable Progress progress) {
    Batch<J, R> batch = run(jobs, true, progress);
    Throwable cause = batch.failure();
    if (cause != null) {
      throw new JobFailedException(batch.job(batch.failedPlace()), batch.failedPlace(), cause);
    }
    if (batch.brokenBy() instanceof PoolBrokenException broken) {
      throw new PoolBrokenException(String.valueOf(broken.getMessage()), broken.getCause());
    }
    if (batch.notDone() >= 0) {
      throw poolClosed("job %d of the batch was not done".formatted(batch.notDone()));
    }
    return Collections.unmodifiableList((List<R>) Arrays.asList(batch.settledPlaces()));
  }

  /** Every outcome in order. */
  @SuppressWarnings("unchecked") // it keeps outcomes
  List<Outcome<J, R>> mapAll(Collection<? extends J> jobs, @Nullable Progress progress) {
    return (List<Outcome<J, R>>) (List<?>) List.of(run(jobs, false, progress).settledPlaces());
  }

  private Batch<J, R> run(
      Collection<? extends J> jobs, boolean stopsAtFailure, @Nullable Progress progress) {
    Batch<J, R> batch = submit(Batch.jobs(jobs), stopsAtFailure);
    try {
      await(batch, progress);
      if (batch.stopsNow()) {
        awaitReturn(batch);
      }
      return batch;
    } catch (RuntimeException | Error e) { // it would wait for ever, or the progress threw
      canceller.abort(batch);
      awaitReturn(batch);
      throw e;
    } catch (InterruptedException e) {
      canceller.abort(batch);
      awaitReturn(batch);
      throw PoolInterruptedException.flagKept("a batch", e);
    }
  }

  private void await(Batch<J, R> batch, @Nullable Progress progress) throws InterruptedException {
    WorkerThread<J, R> worker = null;
    lock.lock();
    try {
      worker = deadlocks.beginWait(batch);
      while (!batch.await(progress == null ? Long.MAX_VALUE : PROGRESS_NANOS)) {
        tell(batch, progress);
      }
    } finally {
      lock.unlock();
      deadlocks.endWait(worker);
    }
    if (progress != null && !batch.stopsNow()) {
      progress.done(batch.jobs(), batch.jobs());
    }
  }

  /** Without the lock meanwhile, which is held. */
  private void tell(Batch<J, R> batch, @Nullable Progress progress) {
    if (progress != null) {
      lock.unlock();
      try {
        progress.done(batch.passed(), batch.jobs());
      } finally {
        lock.lock();
      }
    }
  }

  /** Accepts all jobs of a batch at once. */
  private Batch<J, R> submit(Object[] jobs, boolean stopsAtFailure) {
    lock.lock();
    try {
      intake.requireOpen();
      Batch<J, R> batch =
          new Batch<>(
              jobs,
              stopsAtFailure,
              queue.isEven(),
              queue.order(workers),
              settings.jobTimeout().isPresent() ? 2 * workers.size() : workers.size(),
              lock.newCondition());
      if (jobs.length > 0) {
        accounts.submittedBatch(jobs.length);
        queue.add(batch, workers);
        dispatcher.wakeFor(batch);
      }
      return batch;
    } finally {
      lock.unlock();
      crew.failIfBrokenStill();
    }
  }

  private void awaitReturn(Batch<J, R> batch) {
    canceller.awaitReturn(work -> work == batch, settings.cancelGrace());
  }

  PoolStats stats() {
    lock.lock();
    try {
      Accounts.Snapshot counts = accounts.snapshot();
      return new PoolStats(
          life.state(),
          counts.queued(),
          counts.running(),
          counts.submitted(),
          counts.succeeded(),
          counts.failed(),
          counts.cancelled(),
          counts.returned(),
          workers.stream().map(WorkerThread::stats).toList());
    } finally {
      lock.unlock();
    }
  }
}
