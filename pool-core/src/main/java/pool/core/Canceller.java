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
 * and then, on a thread of the {@link CancelExecutor}, stopped, if its run has not returned by
 * then.
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

  WorkerWaits<J, R> waits() {
    return core.waits;
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
        if (future.endWaiting(JobFuture.CANCELLED_WAITING)) {
          future.letGo();
          core.attempts.forget(future);
          core.counters.withdrew();
          core.queue.withdrew();
          core.admission.withdrew();
          core.signals.noticeSettled();
          core.closing.isToComplete(future);
          return true;
        }
        slot = future.runner();
        if (slot < 0) {
          return false;
        }
      } while (!future.cancelRun(slot)); // it was started, or has ended, meanwhile
      core.counters.cancelledRun();
      core.signals.noticeSettled();
      if (stop) {
        core.cancelExecutor.stop(core.workers.get(slot), future);
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
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      Work<J, R> late = worker.runner.timeOut(number, cause);
      if (late == null) {
        Work<J, R> calledOff = worker.runner.overstays(number);
        if (calledOff != null) {
          core.cancelExecutor.stop(worker, calledOff);
        }
        return;
      }
      core.counters.timedOutRun();
      core.cancelExecutor.stop(worker, late);
      switch (late) {
        case JobFuture<J, R> future -> settled.add(future, cause);
        case BulkCall<J, R> bulk -> {
          if (bulk.stopsNow()) {
            end(bulk);
          }
        }
      }
      core.signals.noticeSettled();
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  /** Ends a bulk call early: what was not started is returned, what runs is cancelled. */
  void abort(BulkCall<J, R> bulk) {
    lock.lock();
    try {
      end(bulk);
    } finally {
      lock.unlock();
    }
  }

  /** What of a bulk call was never started; what was to be run again fails. */
  private List<J> returnUnstarted(BulkCall<J, R> bulk) {
    List<J> rest = bulk.endUnstarted(null);
    core.counters.unservedInBatch(bulk.takeFailedRetries());
    return rest;
  }

  private void end(BulkCall<J, R> bulk) {
    core.queue.remove(bulk);
    core.counters.notStarted(returnUnstarted(bulk).size());
    for (WorkerThread<J, R> worker : core.workers) {
      if (worker.runner.current() == bulk && cancelRun(worker, bulk)) {
        core.cancelExecutor.stop(worker, bulk);
      }
    }
    core.signals.noticeSettled();
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

  /** A run has failed that was a place of a bulk call, which the worker now leaves. */
  void placeFailed(WorkerThread<J, R> worker, BulkCall<J, R> bulk, int place, Throwable cause) {
    lock.lock();
    try {
      worker.counters.jobEnded(true);
      bulk.failed(place, cause);
      if (bulk.stopsNow()) {
        end(bulk);
      } else {
        core.signals.noticeSettled();
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
  void returnClaimed(WorkerThread<J, R> worker) {
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      List<JobFuture<J, R>> returned = new ArrayList<>();
      worker.claimed.waiting(future -> endWaiting(future, JobFuture.NOT_STARTED, returned));
      returned(returned, settled);
      core.signals.noticeSettled();
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
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      if (cancelRun(worker, future)) {
        core.reportBuilder.cancelledRun(future.job());
        settled.add(future, null);
      }
      worker.counters.runReturned();
      worker.runner.drop(future);
      core.signals.noticeSettled();
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  // Closing, under the lock:

  /** Returns all that waits and stops all that runs; the life of the pool says so already. */
  void stopAll(CompletionExecutor<J, R> settled) {
    core.signals.lifeChanged(); // first: a worker that starts a job now will see it
    core.attempts.failWaiting(settled);
    List<JobFuture<J, R>> waiting = endAllWaiting(JobFuture.NOT_STARTED);
    returned(waiting, settled);
    for (BulkCall<J, R> bulk : core.queue.drainBatches()) {
      List<J> rest = returnUnstarted(bulk);
      core.counters.notStarted(rest.size());
      rest.forEach(core.reportBuilder::notStarted);
    }
    for (WorkerThread<J, R> worker : core.workers) {
      cancelForClose(worker, settled);
      Work<J, R> toStop = worker.runner.cancelled(); // perhaps by its owner, who let it run on
      if (toStop != null) {
        core.cancelExecutor.stop(worker, toStop);
      }
    }
    core.signals.noticeSettled();
  }

  private void returned(List<JobFuture<J, R>> futures, CompletionExecutor<J, R> settled) {
    core.counters.notStarted(futures.size());
    settled.addAll(futures, core.closing.returnedCause());
    for (JobFuture<J, R> future : futures) {
      core.reportBuilder.notStarted(future.job());
      future.letGo();
    }
  }

  /** Settles what a worker runs, if it has not settled, as cancelled by the close. */
  void cancelForClose(WorkerThread<J, R> worker, CompletionExecutor<J, R> settled) {
    Work<J, R> work = worker.runner.current();
    if (work != null && cancelRun(worker, work)) {
      switch (work) {
        case JobFuture<J, R> future -> {
          core.reportBuilder.cancelledRun(future.job());
          settled.add(future, null);
        }
        case BulkCall<J, R> _ -> core.reportBuilder.cancelledPlace();
      }
    }
    core.signals.noticeSettled();
  }

  private boolean cancelRun(WorkerThread<J, R> worker, Work<J, R> work) {
    boolean here = work.cancelRun(worker);
    if (here) {
      core.counters.cancelledRun();
      if (work instanceof BulkCall<J, R> bulk) {
        worker.runner.settlePassed(bulk);
      }
    }
    return here;
  }

  private List<JobFuture<J, R>> endAllWaiting(int how) {
    List<JobFuture<J, R>> ended = new ArrayList<>();
    core.admission.drain(future -> endWaiting(future, how, ended));
    core.queue.drainJobs(future -> endWaiting(future, how, ended));
    for (WorkerThread<J, R> worker : core.workers) {
      worker.claimed.waiting(future -> endWaiting(future, how, ended));
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
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      List<JobFuture<J, R>> failed = new ArrayList<>();
      core.queue.drainOwn(gone, future -> endWaiting(future, JobFuture.NO_WORKER, failed));
      for (BulkCall<J, R> bulk :
          core.queue.isEven() ? core.queue.bulkCalls() : List.<BulkCall<J, R>>of()) {
        List<J> rest = new ArrayList<>();
        bulk.endUnstarted(gone.range(), cause, rest);
        core.counters.unservedInBatch(rest.size() + bulk.takeFailedRetries());
      }
      unserved(failed, cause, settled);
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  /** Fails all that waits, because no worker can be opened. */
  void failWaiting(PoolBrokenException cause) {
    CompletionExecutor<J, R> settled = new CompletionExecutor<>(core);
    lock.lock();
    try {
      if (!core.replacement.isBrokenBy(cause)) {
        return; // one has opened meanwhile
      }
      List<JobFuture<J, R>> failed = endAllWaiting(JobFuture.NO_WORKER);
      core.queue.drainBatches().forEach(bulk -> failUnstarted(bulk, cause));
      unserved(failed, cause, settled);
    } finally {
      lock.unlock();
    }
    settled.complete();
  }

  // Under the lock:

  /** Fails one job that nobody can do; false when it does not wait. */
  boolean failWaiting(
      JobFuture<J, R> future, PoolBrokenException cause, CompletionExecutor<J, R> settled) {
    boolean waited = future.endWaiting(JobFuture.NO_WORKER);
    if (waited) {
      core.queue.withdrew();
      core.admission.withdrew();
      unserved(List.of(future), cause, settled);
    }
    return waited;
  }

  /** Fails what of a bulk call was not started; false when all was. */
  boolean failUnstarted(BulkCall<J, R> bulk, PoolBrokenException cause) {
    int unstarted = bulk.endUnstarted(cause).size() + bulk.takeFailedRetries();
    core.counters.unservedInBatch(unstarted);
    core.signals.noticeSettled();
    return unstarted > 0;
  }

  private void unserved(
      List<JobFuture<J, R>> failed, PoolBrokenException cause, CompletionExecutor<J, R> settled) {
    core.counters.unserved(failed.size());
    for (JobFuture<J, R> future : failed) {
      future.letGo();
      settled.add(future, core.attempts.failure(future, cause));
    }
    core.signals.noticeSettled();
    core.admission.placesAreFree();
  }
}
