package pool.core;

import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.Worker;

/**
 * Runs jobs with a worker, and lets a run be stopped from another thread.
 *
 * <p><b>The end of a run</b> is one compare-and-set, of the future's state or of the part of a
 * batch. If the worker loses it, somebody has cancelled the job, and only then may there be a
 * stopper.
 *
 * <p><b>Stopping a run</b> is a handshake under the lock, so that no interrupt reaches the next
 * job: the stopper announces itself ({@code beingStopped}) only while the cancelled job is the
 * current one, which the worker changes under the lock; and the worker, when it has lost its run,
 * waits for an announced stopper to be done before it clears the interrupt flag and goes on. A
 * stopper that comes later finds another job, or none, and does nothing.
 */
final class JobRunner<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private final PoolCore<J, R> core;
  private final WorkerThread<J, R> thread;
  private final int slot;
  private final Condition stopperIsDone;

  private int place; // of a batch, that was started; the worker's own

  // Changed under the lock:
  private volatile @Nullable Batch<J, R> serving;
  private @Nullable Worker<J, R> worker;
  private boolean beingStopped;
  private boolean wasStopped;
  private long droppedFailures;

  JobRunner(PoolCore<J, R> core, WorkerThread<J, R> thread) {
    this.core = core;
    this.thread = thread;
    this.slot = thread.slot();
    this.stopperIsDone = core.lock.newCondition();
  }

  // The worker's thread

  /** Runs a job, or as many places of a batch as it may; returns what the last run threw. */
  @Nullable Throwable run(Worker<J, R> ready, Work<J, R> work) {
    return work instanceof JobFuture<J, R> future // a switch is measurably slower
        ? run(ready, future)
        : run(ready, (Batch<J, R>) work);
  }

  @SuppressWarnings("NullAway") // a result may be null
  private @Nullable Throwable run(Worker<J, R> ready, JobFuture<J, R> future) {
    R result = null;
    Throwable failure = null;
    WorkerThread.clearInterrupt();
    try {
      result = ready.run(future.job());
    } catch (Throwable e) {
      failure = e;
    }
    thread.pace.did();
    if (future.end(slot, failure == null ? JobFuture.SUCCEEDED : JobFuture.FAILED)) {
      core.dispatcher.ended(thread, failure != null);
      WorkerThread.clearInterrupt();
      future.letGo();
      if (failure == null) {
        future.succeed(result);
      } else {
        future.fail(failure);
      }
      thread.hand.done();
    } else {
      lost(future, failure);
    }
    return failure;
  }

  /**
   * Looks for other work, and publishes its counts, as often as its pace says: the owner of a batch
   * sees nothing before all is done.
   */
  private @Nullable Throwable run(Worker<J, R> ready, Batch<J, R> batch) {
    int succeeded = 0;
    int counted = 0;
    int next = place;
    int now;
    Throwable failure = null;
    do {
      now = next;
      R result = null;
      WorkerThread.clearInterrupt();
      try {
        result = ready.run(batch.job(now));
      } catch (Throwable e) {
        failure = e;
      }
      thread.pace.did();
      boolean look = thread.pace.isLookDue();
      boolean leave = failure != null || (look && core.dispatcher.othersWait(thread));
      next = batch.goOn(slot, leave);
      if (next != Parts.LOST && failure == null) {
        batch.succeeded(now, result);
        succeeded++;
      }
      if (look && next >= 0) {
        thread.tally.placesPassed(succeeded - counted);
        counted = succeeded;
        int _ = thread.pace.look();
      }
    } while (next >= 0);
    if (next == Parts.LOST) {
      thread.tally.placesPassed(succeeded - counted);
      lost(batch, failure);
    } else if (failure != null) {
      thread.tally.placesPassed(succeeded - counted);
      core.canceller.placeFailed(thread, batch, now, failure);
    } else {
      thread.tally.placesEnded(succeeded - counted);
    }
    leave(batch, succeeded);
    return failure;
  }

  private void leave(Batch<J, R> batch, int succeeded) {
    core.lock.lock();
    try {
      serving = null;
      batch.left(succeeded);
      core.attention.noticeSettled();
    } finally {
      core.lock.unlock();
    }
  }

  /** Somebody has settled the job before its run returned. */
  private void lost(Work<J, R> work, @Nullable Throwable failure) {
    core.lock.lock();
    try {
      thread.tally.dropped();
      droppedFailures += failure == null ? 0 : 1;
      drop(work);
    } finally {
      core.lock.unlock();
    }
    WorkerThread.clearInterrupt();
  }

  /** Whether a run was stopped since this was last asked. */
  boolean wasStopped() {
    boolean was = wasStopped;
    wasStopped = false;
    return was;
  }

  // The worker's thread, under the lock:

  void opened(Worker<J, R> ready) {
    worker = ready;
  }

  /** Starts a place of a batch; false when there is none for it. */
  boolean startIn(Batch<J, R> batch) {
    place = batch.start(slot);
    if (place < 0) {
      return false;
    }
    serving = batch;
    thread.tally.placeStarted();
    return true;
  }

  /** Lets go of a cancelled job that does not run any more, when its stopper is done. */
  void drop(Work<J, R> work) {
    switch (work) {
      case JobFuture<J, R> future -> {
        thread.hand.done();
        future.letGo();
      }
      case Batch<J, R> batch -> batch.lost(slot);
    }
    core.canceller.runReturned();
    while (beingStopped) {
      stopperIsDone.awaitUninterruptibly();
    }
  }

  // Any thread; exact under the lock:

  /** What it runs a job for, though that may have settled; null when it runs nothing. */
  @Nullable Work<J, R> current() {
    Batch<J, R> batch = serving;
    return batch != null && (batch.isRunning(slot) || batch.isRunningCancelled(slot))
        ? batch
        : thread.hand.current();
  }

  /** What it runs a job for that was cancelled; null when it runs none such. */
  @Nullable Work<J, R> cancelled() {
    Work<J, R> work = current();
    return work != null && work.isRunningCancelled(slot) ? work : null;
  }

  /** Whether it runs a job that has not settled. */
  boolean isRunning() {
    Work<J, R> work = current();
    return work != null && work.isRunning(slot);
  }

  /** How many runs threw. */
  long failures() {
    return thread.tally.failed() + droppedFailures;
  }

  /** On a stopper's thread: unblocks the run of a cancelled job, if it is still under way. */
  void stop(Work<J, R> work) {
    Worker<J, R> running;
    core.lock.lock();
    try {
      if (cancelled() != work || worker == null) {
        return;
      }
      wasStopped = true;
      beingStopped = true;
      running = worker;
    } finally {
      core.lock.unlock();
    }
    try {
      running.cancel();
    } catch (Throwable e) {
      LOG.warn("{} failed to cancel its job: {}", thread.name(), e.toString());
    } finally {
      thread.thread().interrupt();
      core.lock.lock();
      try {
        beingStopped = false;
        stopperIsDone.signalAll();
      } finally {
        core.lock.unlock();
      }
    }
  }
}
