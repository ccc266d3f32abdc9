package pool.core;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Refuses the waits of workers for their own pool that could never end.
 *
 * <p>A worker that waits directly and without a time-out is noted here with what it waits for. It
 * is refused by two rules:
 *
 * <ol>
 *   <li>it waits for a job that only its own slot may do;
 *   <li>every slot's worker waits so, and none is being opened or replaced: then nobody is left to
 *       do anything, and the last to come is refused.
 * </ol>
 *
 * <p>Neither rule raises a false alarm, though jobs start and end without the lock: only a worker
 * starts or ends a job, and when all of them are noted, none does; a wait whose end has come, but
 * whose worker has not woken yet, does not count. Rings of waits among some of the workers, while
 * others are free, are not found.
 *
 * <p>Everything here is under the pool's lock.
 */
final class WorkerWaits<J, R> {

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Map<WorkerThread<J, R>, Awaited<J, R>> waits = new HashMap<>();
  private final Set<JobFuture<J, R>> limited = Collections.newSetFromMap(new WeakHashMap<>());

  WorkerWaits(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
  }

  /** What a worker waits for. */
  private sealed interface Awaited<J, R> {

    /** Whether the wait is over, though its worker may not know it yet. */
    boolean isOver();

    /** Whether only that worker can end it. */
    boolean needs(WorkerThread<J, R> worker);

    /** Fails it, if it has not started. */
    void fail(PoolBrokenException cause, CompletionExecutor<J, R> settled);

    RuntimeException refusal(String worker);
  }

  private record AJob<J, R>(PoolCore<J, R> core, JobFuture<J, R> future) implements Awaited<J, R> {

    @Override
    public boolean isOver() {
      return !future.isWaiting() && future.runner() < 0;
    }

    @Override
    public boolean needs(WorkerThread<J, R> worker) {
      return future.isRunning(worker) || core.queue.slotOf(future) == worker.slot();
    }

    @Override
    public void fail(PoolBrokenException cause, CompletionExecutor<J, R> settled) {
      boolean _ = core.canceller.failWaiting(future, cause, settled);
    }

    @Override
    public RuntimeException refusal(String worker) {
      return refused(core, worker, "a job");
    }
  }

  private record ABulkCall<J, R>(PoolCore<J, R> core, BulkCall<J, R> bulk)
      implements Awaited<J, R> {

    @Override
    public boolean isOver() {
      return bulk.isSettled();
    }

    @Override
    public boolean needs(WorkerThread<J, R> worker) {
      return core.queue.isEven() && bulk.hasOwnPlace(worker.range());
    }

    @Override
    public void fail(PoolBrokenException cause, CompletionExecutor<J, R> settled) {
      boolean _ = core.canceller.failUnstarted(bulk, cause);
    }

    @Override
    public RuntimeException refusal(String worker) {
      return refused(core, worker, "a bulk call");
    }
  }

  private record APlaceInTheQueue<J, R>(PoolCore<J, R> core, BooleanSupplier better)
      implements Awaited<J, R> {

    @Override
    public boolean isOver() {
      return core.admission.hasRoom() || better.getAsBoolean();
    }

    @Override
    public boolean needs(WorkerThread<J, R> worker) {
      return false;
    }

    @Override
    public void fail(PoolBrokenException cause, CompletionExecutor<J, R> settled) {
      core.admission.placesAreFree(); // the submitter comes here again, and is refused
    }

    @Override
    public RuntimeException refusal(String worker) {
      return new QueueFullException(
          "the queue of pool '%s' is full: %s would wait for ever for a place, since every worker waits for its own pool; raise queueCapacity, use more workers, or do not submit from a job"
              .formatted(core.settings.name(), worker));
    }
  }

  private static IllegalStateException refused(PoolCore<?, ?> core, String worker, String what) {
    return new IllegalStateException(
        "%s would wait for ever for %s of its own pool '%s': no worker is left that could do it; use more workers, wait with a time-out, or do not wait in a job"
            .formatted(worker, what, core.settings.name()));
  }

  /**
   * Notes that this thread, if it is a worker's, waits for a future until {@link #end} of it; a
   * wait that a time-out ends is not noted.
   *
   * @throws IllegalStateException when the wait could never end
   */
  @Nullable WorkerThread<J, R> begin(JobFuture<J, R> future) {
    WorkerThread<J, R> worker = WorkerThread.current(core);
    if (worker == null) {
      return null;
    }
    lock.lock();
    try {
      return limited.contains(future) ? null : begin(worker, new AJob<>(core, future));
    } finally {
      lock.unlock();
    }
  }

  void end(@Nullable WorkerThread<J, R> worker) {
    if (worker != null) {
      lock.lock();
      try {
        waits.remove(worker);
      } finally {
        lock.unlock();
      }
    }
  }

  /** A time-out will complete the future, and so end every wait for it, also those that go on. */
  void hasTimeOut(JobFuture<J, R> future) {
    lock.lock();
    try {
      limited.add(future);
      waits
          .values()
          .removeIf(awaited -> awaited instanceof AJob<J, R> job && job.future() == future);
    } finally {
      lock.unlock();
    }
  }

  /** A slot stays empty: fails what is awaited when nobody is left to do it. */
  void slotStaysEmpty(PoolBrokenException cause) {
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      if (everyWorkerWaits()) {
        waits.values().forEach(awaited -> awaited.fail(cause, settled));
      }
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  // With the lock held:

  /** As {@link #begin(JobFuture)}, for a bulk call. */
  @Nullable WorkerThread<J, R> begin(BulkCall<J, R> bulk) {
    return begin(WorkerThread.current(core), new ABulkCall<>(core, bulk));
  }

  /**
   * As {@link #begin(JobFuture)}, for a place in the queue; again whenever the submitter was woken
   * without having got one.
   *
   * @param better whether the submitter has no need of a place any more
   * @throws QueueFullException when the wait could never end
   */
  @Nullable WorkerThread<J, R> beginForPlace(BooleanSupplier better) {
    return begin(WorkerThread.current(core), new APlaceInTheQueue<>(core, better));
  }

  private @Nullable WorkerThread<J, R> begin(
      @Nullable WorkerThread<J, R> worker, Awaited<J, R> awaited) {
    if (worker == null || worker.isGone()) { // an abandoned worker takes nobody's turn
      return null;
    }
    waits.put(worker, awaited);
    if (awaited.needs(worker) || everyWorkerWaits()) {
      waits.remove(worker);
      throw awaited.refusal(worker.name());
    }
    return worker;
  }

  private boolean everyWorkerWaits() {
    for (WorkerThread<J, R> worker : core.workers) {
      Awaited<J, R> awaited = waits.get(worker);
      if (!worker.isGone() && (awaited == null || awaited.isOver())) {
        return false;
      }
    }
    return true;
  }
}
