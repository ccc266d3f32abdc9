package pool.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * The parts of a pool. Workers, the exit hook and futures refer to this and never to the {@link
 * WorkerPool}, so that a pool that was forgotten can be noticed.
 */
final class PoolCore<J, R> {

  final WorkerFactory<J, R> factory;
  final Settings settings;
  final Stopper stopper;
  final Dispatcher<J, R> dispatcher;
  final Closing<J, R> closing;
  final Crew<J, R> crew;
  final ExitHook exitHook;
  final List<WorkerThread<J, R>> workers; // by slot

  PoolCore(WorkerFactory<J, R> factory, Settings settings) {
    this.factory = factory;
    this.settings = settings;
    this.stopper = new Stopper(settings.name());
    this.workers = new ArrayList<>(settings.workers());
    this.dispatcher = new Dispatcher<>(settings, workers, stopper);
    this.closing = new Closing<>(this);
    this.crew = new Crew<>(this, workers);
    this.exitHook = new ExitHook(settings.name(), closing::atExit);
    for (int slot = 0; slot < settings.workers(); slot++) {
      workers.add(new WorkerThread<>(this, slot));
    }
  }

  void open() {
    exitHook.register();
    crew.open();
  }

  /** The slot of a key: the same for equal keys. */
  int slotOf(Object key) {
    int hash = key.hashCode();
    return Math.floorMod(hash ^ (hash >>> 16), settings.workers());
  }

  /** Every result in order; throws at the first failure in time. */
  List<R> map(Collection<? extends J> jobs) {
    Batch<J, R> batch = run(copyOf(jobs), true);
    Batch<J, R>.Place failed = batch.firstFailure();
    List<Outcome<J, R>> outcomes = batch.outcomes();
    if (failed != null
        && outcomes.get(failed.index()) instanceof Outcome.Failed<J, R>(J job, Throwable cause)) {
      throw new JobFailedException(Objects.requireNonNull(job), failed.index(), cause);
    }
    if (batch.brokenBy() instanceof PoolBrokenException broken) {
      throw new PoolBrokenException(String.valueOf(broken.getMessage()), broken.getCause());
    }
    @Nullable Object[] results = new @Nullable Object[outcomes.size()];
    for (int i = 0; i < results.length; i++) {
      if (!(outcomes.get(i) instanceof Outcome.Succeeded<J, R> succeeded)) {
        throw dispatcher.poolClosed("job %d of the batch was not done".formatted(i));
      }
      results[i] = succeeded.result();
    }
    return unmodifiable(results);
  }

  /** A list that may hold nulls. */
  @SuppressWarnings("unchecked") // all are results
  private static <R> List<R> unmodifiable(@Nullable Object[] results) {
    return Collections.unmodifiableList((List<R>) Arrays.asList(results));
  }

  /** Every outcome in order. */
  List<Outcome<J, R>> mapAll(Collection<? extends J> jobs) {
    return List.copyOf(run(copyOf(jobs), false).outcomes());
  }

  private Batch<J, R> run(List<J> jobs, boolean stopsAtFailure) {
    Batch<J, R> batch = dispatcher.submit(jobs, stopsAtFailure);
    ReentrantLock lock = dispatcher.lock;
    try {
      lock.lock();
      try {
        batch.await();
      } finally {
        lock.unlock();
      }
      if (batch.stopsNow()) {
        awaitReturn(batch);
      }
      return batch;
    } catch (InterruptedException e) {
      dispatcher.abort(batch);
      awaitReturn(batch);
      throw PoolInterruptedException.flagKept("a batch", e);
    }
  }

  private void awaitReturn(Batch<J, R> batch) {
    dispatcher.awaitReturn(
        claim -> claim instanceof Batch<J, R>.Place place && place.batch() == batch,
        settings.cancelGrace());
  }

  private static <J> List<J> copyOf(Collection<? extends J> jobs) {
    List<J> copy = new ArrayList<>(jobs);
    for (int i = 0; i < copy.size(); i++) {
      if (copy.get(i) == null) {
        throw new NullPointerException("job %d of the batch is null".formatted(i));
      }
    }
    return copy;
  }

  PoolStats stats() {
    dispatcher.lock.lock();
    try {
      Accounts accounts = dispatcher.accounts;
      return new PoolStats(
          dispatcher.life.state(),
          accounts.queued(),
          accounts.running(),
          accounts.submitted(),
          accounts.succeeded(),
          accounts.failed(),
          accounts.cancelled(),
          accounts.returned(),
          workers.stream().map(WorkerThread::stats).toList());
    } finally {
      dispatcher.lock.unlock();
    }
  }
}
