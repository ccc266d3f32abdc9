package pool.core;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Finds out, before a worker waits on its own pool, whether that wait could ever end.
 *
 * <p>Each worker that waits without a time-out, directly, for a future, a batch or a place in the
 * queue of its own pool is noted here with what it waits for. The one who comes last judges: it
 * supposes that all noted workers are stuck, and strikes out each whose wait can end by itself:
 * what it waits for has come, or is with a worker that is not stuck, or can be taken by one. When
 * nobody can be struck out any more, those who are left wait for each other, and the last to come
 * is told.
 *
 * <p>There is no false alarm, though jobs start and end without the lock: only a worker can start
 * or end a job, and those who could are either not stuck, so that nobody is told, or are noted, and
 * so do nothing. None that a wait makes is missed, since whoever is to wait comes here first; nor
 * one that an abandonment makes, which leaves a slot empty for good, since that comes here as well.
 */
final class Deadlocks<J, R> {

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Map<WorkerThread<J, R>, Awaited<J, R>> waits = new HashMap<>(); // under the lock

  Deadlocks(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
  }

  /** What a worker waits for. */
  private sealed interface Awaited<J, R> permits AFuture, ABatch, APlace {}

  private record AFuture<J, R>(JobFuture<J, R> future) implements Awaited<J, R> {}

  private record ABatch<J, R>(BulkCall<J, R> bulk) implements Awaited<J, R> {}

  private record APlace<J, R>() implements Awaited<J, R> {}

  /** Notes that this thread, if it is a worker's, waits for a future until the end of it. */
  @Nullable WorkerThread<J, R> beginWait(JobFuture<J, R> future) {
    WorkerThread<J, R> worker = WorkerThread.current(core);
    if (worker != null) {
      lock.lock();
      try {
        begin(worker, new AFuture<>(future), "a future of");
      } finally {
        lock.unlock();
      }
    }
    return worker;
  }

  void endWait(@Nullable WorkerThread<J, R> worker) {
    if (worker != null) {
      lock.lock();
      try {
        waits.remove(worker);
      } finally {
        lock.unlock();
      }
    }
  }

  /** A slot stays empty: fails what is awaited that now nobody is left to do. */
  void slotStaysEmpty(PoolBrokenException cause) {
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      boolean some = true;
      while (some) {
        some = failOne(stuck(), cause, settled);
      }
      core.admission.placesAreFree(); // who waits for one comes here again
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  // Under the lock:

  private boolean failOne(
      Set<WorkerThread<J, R>> stuck, PoolBrokenException cause, CompletionExecutor<J, R> settled) {
    return stuck.stream()
        .anyMatch(worker ->
            switch (waits.get(worker)) {
              case AFuture<J, R>(JobFuture<J, R> future) ->
                  core.canceller.failWaiting(future, cause, settled);
              case ABatch<J, R>(BulkCall<J, R> bulk) -> core.canceller.failUnstarted(bulk, cause);
              case APlace<J, R>() -> false;
              case null -> false;
            });
  }

  @Nullable WorkerThread<J, R> beginWait(BulkCall<J, R> bulk) {
    return begin(WorkerThread.current(core), new ABatch<>(bulk), "a batch of");
  }

  /** Also whenever it is woken without having got one. */
  @Nullable WorkerThread<J, R> beginWaitForPlace() {
    return begin(WorkerThread.current(core), new APlace<>(), "a place in the queue of");
  }

  private @Nullable WorkerThread<J, R> begin(
      @Nullable WorkerThread<J, R> worker, Awaited<J, R> awaited, String what) {
    if (worker == null) {
      return null;
    }
    waits.put(worker, awaited);
    if (stuck().contains(worker)) {
      waits.remove(worker);
      throw new IllegalStateException(
          "%s would wait for ever for %s its own pool '%s': every worker that could do the job waits in the same way; use more workers, or do not wait in a job"
              .formatted(worker.name(), what, core.settings.name()));
    }
    return worker;
  }

  /** The workers whose waits cannot end by themselves. */
  private Set<WorkerThread<J, R>> stuck() {
    Set<WorkerThread<J, R>> stuck = new HashSet<>(waits.keySet());
    boolean some = true;
    while (some) {
      some = stuck.removeIf(worker -> canEnd(waits.get(worker), stuck));
    }
    return stuck;
  }

  private boolean canEnd(@Nullable Awaited<J, R> awaited, Set<WorkerThread<J, R>> stuck) {
    return switch (awaited) {
      case AFuture<J, R>(JobFuture<J, R> future) -> canEnd(future, stuck);
      case ABatch<J, R>(BulkCall<J, R> bulk) -> canEnd(bulk, stuck);
      case APlace<J, R>() -> aPlaceCanBecomeFree(stuck);
      case null -> true;
    };
  }

  private boolean canEnd(JobFuture<J, R> future, Set<WorkerThread<J, R>> stuck) {
    int runner = future.runner();
    if (runner >= 0) {
      return !stuck.contains(core.workers.get(runner));
    }
    if (!future.isWaiting()) {
      return true; // it is done, or about to be
    }
    int slot = core.queue.slotOf(future);
    return slot < 0 ? someoneIsFree(stuck) : isFree(core.workers.get(slot), stuck);
  }

  private boolean canEnd(BulkCall<J, R> bulk, Set<WorkerThread<J, R>> stuck) {
    if (bulk.isSettled()) {
      return true;
    }
    boolean anyoneMayTake = !core.queue.isEven() && someoneIsFree(stuck);
    for (WorkerThread<J, R> worker : core.workers) {
      boolean isNeeded =
          bulk.isRunning(worker.range()) || (bulk.hasOwnPlace(worker.range()) && !anyoneMayTake);
      if (isNeeded && !isFree(worker, stuck)) {
        return false;
      }
    }
    return true;
  }

  private boolean aPlaceCanBecomeFree(Set<WorkerThread<J, R>> stuck) {
    if (core.admission.hasRoom()) {
      return true;
    }
    if (someoneIsFree(stuck) && core.admission.holdsForAny()) {
      return true;
    }
    return core.workers.stream()
        .anyMatch(worker -> isFree(worker, stuck) && core.queue.holdsFor(worker));
  }

  private boolean someoneIsFree(Set<WorkerThread<J, R>> stuck) {
    for (WorkerThread<J, R> worker : core.workers) {
      if (isFree(worker, stuck)) {
        return true;
      }
    }
    return false;
  }

  private boolean isFree(WorkerThread<J, R> worker, Set<WorkerThread<J, R>> stuck) {
    return !stuck.contains(worker) && !worker.isGone();
  }
}
