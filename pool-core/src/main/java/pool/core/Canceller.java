package pool.core;

import java.time.Duration;
import java.util.ArrayList;
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

  /**
   * Settles a job as cancelled; stops its run when asked to. False when it had settled, else the
   * owner is to complete the future.
   */
  boolean withdraw(JobFuture<J, R> future, boolean stop) {
    lock.lock();
    try {
      int slot;
      do {
        if (future.endWaiting(JobFuture.WITHDRAWN)) {
          future.letGo();
          core.retries.forget(future);
          core.accounts.withdrew();
          core.queue.withdrew();
          core.intake.withdrew();
          core.attention.noticeSettled();
          core.closing.isToComplete(future);
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
      core.closing.isToComplete(future);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Fails the run with that number, if it is still under way, and stops it, also if somebody has
   * cancelled it before. The supervisor.
   */
  void timeOut(WorkerThread<J, R> worker, long number) {
    TimeoutException cause =
        new TimeoutException(
            "the job ran longer than jobTimeout, %s, on %s"
                .formatted(core.settings.jobTimeout().orElseThrow(), worker.name()));
    Settled<J, R> settled = new Settled<>(core);
    lock.lock();
    try {
      Work<J, R> late = worker.runner.timeOut(number, cause);
      if (late == null) {
        Work<J, R> calledOff = worker.runner.overstays(number);
        if (calledOff != null) {
          core.stopper.stop(worker, calledOff);
        }
        return;
      }
      core.accounts.timedOutRun();
      core.stopper.stop(worker, late);
      switch (late) {
        case JobFuture<J, R> future -> settled.add(future, cause);
        case Batch<J, R> batch -> {
          if (batch.stopsNow()) {
            end(batch);
          }
        }
      }
      core.attention.noticeSettled();
    } finally {
      lock.unlock();
    }
    settled.complete();
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
    Settled<J, R> settled = new Settled<>(core);
    lock.lock();
    try {
      List<JobFuture<J, R>> returned = new ArrayList<>();
      worker.hand.waiting(future -> endWaiting(future, JobFuture.RETURNED, returned));
      returned(returned, settled);
      core.attention.noticeSettled();
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  /**
   * A worker has started a job when the pool was already stopped, too late to be met by {@link
   * #stopAll}, perhaps: it is not run.
   */
  void cancelStartedLate(WorkerThread<J, R> worker, JobFuture<J, R> future) {
    Settled<J, R> settled = new Settled<>(core);
    lock.lock();
    try {
      if (cancelRun(worker, future)) {
        core.draft.cancelledRun(future.job());
        settled.add(future, null);
      }
      worker.tally.runReturned();
      worker.runner.drop(future);
      core.attention.noticeSettled();
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  // Closing, under the lock:

  /** Returns all that waits and stops all that runs; the life of the pool says so already. */
  void stopAll(Settled<J, R> settled) {
    core.attention.lifeChanged(); // first: a worker that starts a job now will see it
    core.retries.failWaiting(settled);
    List<JobFuture<J, R>> waiting = endAllWaiting(JobFuture.RETURNED);
    returned(waiting, settled);
    for (Batch<J, R> batch : core.queue.drainBatches()) {
      List<J> rest = returnUnstarted(batch);
      core.accounts.returned(rest.size());
      rest.forEach(core.draft::returned);
    }
    for (WorkerThread<J, R> worker : core.workers) {
      forsake(worker, settled);
      Work<J, R> toStop = worker.runner.cancelled(); // perhaps by its owner, who let it run on
      if (toStop != null) {
        core.stopper.stop(worker, toStop);
      }
    }
    core.attention.noticeSettled();
  }

  private void returned(List<JobFuture<J, R>> futures, Settled<J, R> settled) {
    core.accounts.returned(futures.size());
    settled.addAll(futures, core.closing.returnedCause());
    for (JobFuture<J, R> future : futures) {
      core.draft.returned(future.job());
      future.letGo();
    }
  }

  /** Settles what a worker runs, if it has not settled, as cancelled by the close. */
  void forsake(WorkerThread<J, R> worker, Settled<J, R> settled) {
    Work<J, R> work = worker.runner.current();
    if (work != null && cancelRun(worker, work)) {
      switch (work) {
        case JobFuture<J, R> future -> {
          core.draft.cancelledRun(future.job());
          settled.add(future, null);
        }
        case Batch<J, R> _ -> core.draft.cancelledPlace();
      }
    }
    core.attention.noticeSettled();
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
    Settled<J, R> settled = new Settled<>(core);
    lock.lock();
    try {
      List<JobFuture<J, R>> failed = new ArrayList<>();
      core.queue.drainOwn(gone, future -> endWaiting(future, JobFuture.UNSERVED, failed));
      for (Batch<J, R> batch :
          core.queue.isEven() ? core.queue.batches() : List.<Batch<J, R>>of()) {
        List<J> rest = new ArrayList<>();
        batch.endUnstarted(gone.part(), cause, rest);
        core.accounts.unservedInBatch(rest.size() + batch.takeFailedRetries());
      }
      unserved(failed, cause, settled);
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  /** Fails all that waits, because no worker can be opened. */
  void failWaiting(PoolBrokenException cause) {
    Settled<J, R> settled = new Settled<>(core);
    lock.lock();
    try {
      if (!core.crew.isBrokenBy(cause)) {
        return; // one has opened meanwhile
      }
      List<JobFuture<J, R>> failed = endAllWaiting(JobFuture.UNSERVED);
      core.queue.drainBatches().forEach(batch -> failUnstarted(batch, cause));
      unserved(failed, cause, settled);
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  // Under the lock:

  /** Fails one job that nobody can do; false when it does not wait. */
  boolean failWaiting(JobFuture<J, R> future, PoolBrokenException cause, Settled<J, R> settled) {
    boolean waited = future.endWaiting(JobFuture.UNSERVED);
    if (waited) {
      core.queue.withdrew();
      core.intake.withdrew();
      unserved(List.of(future), cause, settled);
    }
    return waited;
  }

  /** Fails what of a batch was not started; false when all was. */
  boolean failUnstarted(Batch<J, R> batch, PoolBrokenException cause) {
    int unstarted = batch.endUnstarted(cause).size() + batch.takeFailedRetries();
    core.accounts.unservedInBatch(unstarted);
    core.attention.noticeSettled();
    return unstarted > 0;
  }

  private void unserved(
      List<JobFuture<J, R>> failed, PoolBrokenException cause, Settled<J, R> settled) {
    core.accounts.unserved(failed.size());
    for (JobFuture<J, R> future : failed) {
      future.letGo();
      settled.add(future, core.retries.failure(future, cause));
    }
    core.attention.noticeSettled();
    core.intake.placesAreFree();
  }
}
