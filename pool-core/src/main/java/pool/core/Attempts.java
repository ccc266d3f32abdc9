package pool.core;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets a job that broke its worker wait again, as often as it may. That is rare, so the attempts
 * are kept in a map, and cost no other job anything. All that is shared is under the pool's lock.
 */
final class Attempts<J, R> {

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final int attempts;
  private final Map<JobFuture<J, R>, JobAttempts> tries = new HashMap<>(); // by identity
  private volatile boolean areThere; // tries; changed under the lock

  Attempts(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.attempts = core.settings.maxAttempts();
  }

  /** Whether jobs may be run more than once. */
  boolean areAllowed() {
    return attempts > 1;
  }

  /** What becomes of a run that broke the worker. */
  record Verdict(boolean waitsAgain, Throwable failure) {}

  /** On the worker, before the job is ended. */
  Verdict judge(WorkerThread<J, R> worker, JobFuture<J, R> future, Throwable cause) {
    lock.lock();
    try {
      JobAttempts sofar = tries.computeIfAbsent(future, _ -> new JobAttempts(attempts));
      areThere = true;
      sofar.broke(cause);
      boolean again = sofar.mayTryAgain() && !core.life.isStopped();
      if (again && future.waitAgain(worker.slot())) {
        worker.claimed.done();
        worker.counters.jobRetried();
        core.queue.addAgain(future, worker);
        wakeAnother();
        return new Verdict(true, cause);
      }
      JobAttempts _ = remove(future);
      return new Verdict(false, sofar.failure());
    } finally {
      lock.unlock();
    }
  }

  /** The same for a place of a bulk call. */
  Verdict judge(WorkerThread<J, R> worker, BulkCall<J, R> bulk, int place, Throwable cause) {
    lock.lock();
    try {
      JobAttempts sofar = bulk.tries(place, attempts);
      sofar.broke(cause);
      if (!core.life.isStopped() && bulk.waitAgain(worker, place, sofar)) {
        worker.counters.placeRetried();
        core.queue.addAgain(bulk, worker);
        wakeAnother();
        return new Verdict(true, cause);
      }
      return new Verdict(false, sofar.failure());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Settles what waits to be run again when the pool is stopped: it was started, so it is not
   * returned, but fails with what broke its workers. Under the lock.
   */
  void failWaiting(CompletionExecutor<J, R> settled) {
    tries.forEach((future, sofar) -> {
      if (future.endWaiting(JobFuture.NO_WORKER)) {
        core.counters.unserved(1);
        future.letGo();
        settled.add(future, sofar.failure());
      }
    });
    tries.clear();
    areThere = false;
  }

  /**
   * What a job that nobody can do fails with: what broke its workers, if it was run before, else
   * that. Under the lock.
   */
  Throwable failure(JobFuture<J, R> future, PoolBrokenException otherwise) {
    JobAttempts sofar = remove(future);
    return sofar == null ? otherwise : sofar.failure();
  }

  /** Lets go of what a job that is over broke its workers with. Any thread. */
  void forget(JobFuture<J, R> future) {
    if (!areThere) { // it was set before a job that broke a worker waited again
      return;
    }
    lock.lock();
    try {
      JobAttempts _ = remove(future);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable JobAttempts remove(JobFuture<J, R> future) {
    JobAttempts removed = tries.remove(future);
    areThere = !tries.isEmpty();
    return removed;
  }

  private void wakeAnother() {
    core.idleWorkers.wake(1); // what is for the worker's own slot waits for its successor
  }
}
