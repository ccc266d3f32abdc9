package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Settles jobs that do not end by themselves: withdrawn, cancelled, returned by a close, or failed
 * because no worker can be opened.
 *
 * <p>A submitted job is settled by the compare-and-set of its own state, so it does not matter
 * where it is found or who else is about to start, end or cancel it. What runs is cancelled first,
 * and then, on a thread of the {@link Stopper}, stopped, if its run has not returned by then.
 */
final class Canceller<J, R> {

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Condition runReturned;

  Canceller(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.runReturned = lock.newCondition();
  }

  Deadlocks<J, R> deadlocks() {
    return core.deadlocks;
  }

  // Owners

  /** Settles a job as cancelled; stops its run when asked to. False when it had settled. */
  boolean withdraw(JobFuture<J, R> future, boolean stop) {
    lock.lock();
    try {
      int slot;
      do {
        if (future.endWaiting(JobFuture.WITHDRAWN)) {
          future.letGo();
          core.accounts.withdrew();
          core.queue.withdrew();
          core.intake.withdrew();
          core.attention.noticeSettled();
          return true;
        }
        slot = future.runner();
        if (slot < 0) {
          return false;
        }
      } while (!future.cancelRun(slot)); // it was started, or has ended, meanwhile
      core.accounts.cancelledRun();
      core.attention.noticeSettled();
      if (stop) {
        core.stopper.stop(core.workers.get(slot), future);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Fails the run with that number, if it is still under way, and stops it. */
  void timeOut(WorkerThread<J, R> worker, long number) {
    TimeoutException cause =
        new TimeoutException(
            "the job ran longer than jobTimeout, %s, on %s"
                .formatted(core.settings.jobTimeout().orElseThrow(), worker.name()));
    Work<J, R> late;
    lock.lock();
    try {
      late = worker.runner.timeOut(number, cause);
      if (late == null) {
        return;
      }
      core.accounts.timedOutRun();
      core.stopper.stop(worker, late);
      if (late instanceof Batch<J, R> batch && batch.stopsNow()) {
        end(batch);
      }
      core.attention.noticeSettled();
    } finally {
      lock.unlock();
    }
    if (late instanceof JobFuture<J, R> future) {
      List<Thread> _ = JobFuture.publishAll(List.of(future), cause);
    }
  }

  /** Ends a batch early: what was not started is returned, what runs is cancelled. */
  void abort(Batch<J, R> batch) {
    lock.lock();
    try {
      end(batch);
    } finally {
      lock.unlock();
    }
  }

  /** What of a batch was never started; what was to be run again fails. */
  private List<J> returnUnstarted(Batch<J, R> batch) {
    List<J> rest = batch.endUnstarted(null);
    core.accounts.unservedInBatch(batch.takeFailedRetries());
    return rest;
  }

  private void end(Batch<J, R> batch) {
    core.queue.remove(batch);
    core.accounts.returned(returnUnstarted(batch).size());
    for (WorkerThread<J, R> worker : core.workers) {
      if (worker.runner.current() == batch && cancelRun(worker, batch)) {
        core.stopper.stop(worker, batch);
      }
    }
    core.attention.noticeSettled();
  }

  /**
   * Waits until those of some cancelled jobs that run have returned, or time ran out. An interrupt
   * does not end the wait, but is kept.
   */
  void awaitReturn(Predicate<Work<J, R>> of, Duration limit) {
    long deadline = System.nanoTime() + Nanos.of(limit);
    boolean interrupted = false;
    lock.lock();
    try {
      while (core.workers.stream()
          .map(worker -> worker.runner.cancelled())
          .anyMatch(w -> w != null && of.test(w))) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return;
        }
        try {
          runReturned.awaitNanos(left);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // Workers

  /** A run has failed that was a place of a batch, which the worker now leaves. */
  void placeFailed(WorkerThread<J, R> worker, Batch<J, R> batch, int place, Throwable cause) {
    lock.lock();
    try {
      worker.tally.jobEnded(true);
      batch.failed(place, cause);
      if (batch.stopsNow()) {
        end(batch);
      } else {
        core.attention.noticeSettled();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A worker has lost its run, which has returned. Under the lock. */
  void runReturned() {
    runReturned.signalAll();
  }

  /** A worker has taken jobs when the pool was already stopped: they are returned as well. */
  void returnTaken(WorkerThread<J, R> worker) {
    List<JobFuture<J, R>> returned = new ArrayList<>();
    lock.lock();
    try {
      worker.hand.waiting(future -> endWaiting(future, JobFuture.RETURNED, returned));
      core.accounts.returned(returned.size());
      for (JobFuture<J, R> future : returned) {
        core.closing.returned(future.job());
        future.letGo();
      }
      core.attention.noticeSettled();
    } finally {
      lock.unlock();
    }
    List<Thread> _ = JobFuture.publishAll(returned, core.closing.returnedCause());
  }

  /**
   * A worker has started a job when the pool was already stopped, too late to be met by {@link
   * #stopAll}, perhaps: it is not run.
   */
  void cancelStartedLate(WorkerThread<J, R> worker, JobFuture<J, R> future) {
    boolean here;
    lock.lock();
    try {
      here = cancelRun(worker, future);
      if (here) {
        core.closing.cancelledRun(future.job());
      }
      worker.tally.runReturned();
      worker.runner.drop(future);
      core.attention.noticeSettled();
    } finally {
      lock.unlock();
    }
    if (here) {
      List<Thread> _ = JobFuture.publishAll(List.of(future), null);
    }
  }

  // Closing, under the lock:

  /** What a stop has to tell, outside the lock, and to report. */
  record Stopped<J, R>(
      List<JobFuture<J, R>> returned,
      List<JobFuture<J, R>> cancelled,
      IdentityHashMap<JobFuture<J, R>, Throwable> failed,
      int runs,
      List<J> jobs) {}

  /** Returns all that waits and stops all that runs; the life of the pool says so already. */
  Stopped<J, R> stopAll() {
    core.attention.lifeChanged(); // first: a worker that starts a job now will see it
    List<J> jobs = new ArrayList<>();
    IdentityHashMap<JobFuture<J, R>, Throwable> failed = core.retries.failWaiting();
    List<JobFuture<J, R>> returned = endAllWaiting(JobFuture.RETURNED);
    for (JobFuture<J, R> future : returned) {
      jobs.add(future.job());
      future.letGo();
    }
    core.accounts.returned(returned.size());
    for (Batch<J, R> batch : core.queue.drainBatches()) {
      List<J> rest = returnUnstarted(batch);
      core.accounts.returned(rest.size());
      jobs.addAll(rest);
    }
    List<JobFuture<J, R>> cancelled = new ArrayList<>();
    int runs = 0;
    for (WorkerThread<J, R> worker : core.workers) {
      Work<J, R> work = worker.runner.current();
      if (work != null && cancelRun(worker, work)) {
        runs++;
        if (work instanceof JobFuture<J, R> future) {
          cancelled.add(future);
        }
      }
      Work<J, R> toStop = worker.runner.cancelled(); // perhaps by its owner, who let it run on
      if (toStop != null) {
        core.stopper.stop(worker, toStop);
      }
    }
    core.attention.noticeSettled();
    return new Stopped<>(returned, cancelled, failed, runs, jobs);
  }

  /**
   * Settles what a worker runs as cancelled, without stopping it: it is no longer waited for. False
   * when that had settled.
   */
  boolean forsake(WorkerThread<J, R> worker, Work<J, R> work) {
    boolean here = cancelRun(worker, work);
    core.attention.noticeSettled();
    return here;
  }

  private boolean cancelRun(WorkerThread<J, R> worker, Work<J, R> work) {
    boolean here = work.cancelRun(worker);
    if (here) {
      core.accounts.cancelledRun();
      if (work instanceof Batch<J, R> batch) {
        worker.runner.settlePassed(batch);
      }
    }
    return here;
  }

  private List<JobFuture<J, R>> endAllWaiting(int how) {
    List<JobFuture<J, R>> ended = new ArrayList<>();
    core.intake.drain(future -> endWaiting(future, how, ended));
    core.queue.drainJobs(future -> endWaiting(future, how, ended));
    for (WorkerThread<J, R> worker : core.workers) {
      worker.hand.waiting(future -> endWaiting(future, how, ended));
    }
    return ended;
  }

  private void endWaiting(JobFuture<J, R> future, int how, List<JobFuture<J, R>> ended) {
    if (future.endWaiting(how)) {
      ended.add(future);
    }
  }

  /** Fails what waits for a slot that stays empty. */
  void failOwn(WorkerThread<J, R> gone, PoolBrokenException cause) {
    List<JobFuture<J, R>> failed = new ArrayList<>();
    lock.lock();
    try {
      core.queue.drainOwn(gone, future -> endWaiting(future, JobFuture.UNSERVED, failed));
      core.accounts.unserved(failed.size());
      for (Batch<J, R> batch :
          core.queue.isEven() ? core.queue.batches() : List.<Batch<J, R>>of()) {
        List<J> rest = new ArrayList<>();
        batch.endUnstarted(gone.part(), cause, rest);
        core.accounts.unservedInBatch(rest.size() + batch.takeFailedRetries());
      }
      failed.forEach(JobFuture::letGo);
      core.attention.noticeSettled();
      core.intake.placesAreFree();
    } finally {
      lock.unlock();
    }
    List<Thread> _ = JobFuture.publishAll(failed, cause);
  }

  /** Fails all that waits, because no worker can be opened. */
  void failWaiting(PoolBrokenException cause) {
    List<JobFuture<J, R>> failed;
    IdentityHashMap<JobFuture<J, R>, Throwable> retried;
    lock.lock();
    try {
      retried = core.retries.failWaiting();
      failed = endAllWaiting(JobFuture.UNSERVED);
      core.accounts.unserved(failed.size());
      for (Batch<J, R> batch : core.queue.drainBatches()) {
        int unstarted = batch.endUnstarted(cause).size();
        core.accounts.unservedInBatch(unstarted + batch.takeFailedRetries());
      }
      failed.forEach(JobFuture::letGo);
      core.attention.noticeSettled();
      core.intake.placesAreFree();
    } finally {
      lock.unlock();
    }
    List<Thread> _ = JobFuture.publishAll(failed, cause);
    retried.forEach((future, why) -> {
      List<Thread> _ = JobFuture.publishAll(List.of(future), why);
    });
  }
}
