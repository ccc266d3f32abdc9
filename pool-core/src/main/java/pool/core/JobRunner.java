package pool.core;

import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import pool.api.Worker;
import pool.api.WorkerBrokenException;

/**
 * Runs jobs with a worker, and lets a run be stopped from another thread.
 *
 * <p><b>The end of a run</b> is one compare-and-set, of the future's state or of the part of a bulk
 * call. If the worker loses it, somebody has cancelled the job, and only then may there be a
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

  private static final long NOT_LATE = Long.MIN_VALUE;

  private final PoolCore<J, R> core;
  private final WorkerThread<J, R> thread;
  private final int slot;
  private final Condition stopperIsDone;
  private final TimedRuns<J, R> timedRuns;

  private int place; // of a bulk call, that was started; the worker's own

  // Changed under the lock:
  private volatile @Nullable BulkCall<J, R> serving;
  private @Nullable Worker<J, R> worker;
  private int joinedPosition; // in the bulk call that is served
  private long joinedSucceeded; // what the tally said then
  private long settledPlaces; // since then
  private boolean beingStopped;
  private boolean wasStopped;
  private volatile @Nullable Thread cancellingThread; // while it is in the worker's cancel
  private long droppedFailures;
  private volatile long lateSince = NOT_LATE; // until the run and its stopper have returned

  JobRunner(PoolCore<J, R> core, WorkerThread<J, R> thread) {
    this.core = core;
    this.thread = thread;
    this.slot = thread.slot();
    this.stopperIsDone = core.lock.newCondition();
    this.timedRuns = new TimedRuns<>(core.events, thread);
  }

  // The worker's thread

  /** Runs a job, or as many places of a bulk call as it may; returns what the last run threw. */
  @Nullable Throwable run(Worker<J, R> ready, Work<J, R> work) {
    Throwable failure =
        work instanceof JobFuture<J, R> future // a switch is measurably slower
            ? run(ready, future)
            : run(ready, (BulkCall<J, R>) work);
    timedRuns.tell();
    return failure;
  }

  @SuppressWarnings("NullAway") // a result may be null
  private @Nullable Throwable run(Worker<J, R> ready, JobFuture<J, R> future) {
    R result = null;
    Throwable failure = null;
    WorkerThread.clearInterrupt();
    if (!future.isRunning(slot)) { // cancelled before it ran; an interrupt from now on will be seen
      thread.counters.runReturned();
      lost(future, null);
      return null;
    }
    try {
      result =
          core.events.timesJobs()
              ? timedRuns.run(ready, future, future.job())
              : ready.run(future.job());
    } catch (Throwable e) {
      failure = e;
    }
    thread.counters.runReturned();
    if (failure != null && mayBeRetried(failure)) {
      Attempts.Verdict verdict = core.attempts.judge(thread, future, failure);
      failure = verdict.failure();
      if (verdict.waitsAgain()) {
        return failure;
      }
    }
    if (future.end(slot, failure == null ? JobFuture.SUCCEEDED : JobFuture.FAILED)) {
      core.dispatcher.ended(thread, failure != null);
      WorkerThread.clearInterrupt();
      core.attempts.forget(future);
      future.letGo();
      if (failure == null) {
        future.succeed(result);
      } else {
        future.fail(failure);
      }
      thread.claimed.done();
    } else {
      lost(future, failure);
    }
    return failure;
  }

  private @Nullable Throwable run(Worker<J, R> ready, BulkCall<J, R> bulk) {
    Throwable failure = null;
    WorkerCounters counters =
        thread.counters; // in a local, so that it is not read again after each place
    int range = thread.range();
    int next = place;
    boolean timed = core.events.timesJobs();
    while (next >= 0 && failure == null) {
      int now = next;
      R result = null;
      WorkerThread.clearInterrupt();
      if (!bulk.isRunning(range)) {
        counters.runReturned();
        next = BulkRanges.LOST;
        break;
      }
      try {
        result = timed ? timedRuns.run(ready, bulk, bulk.job(now)) : ready.run(bulk.job(now));
      } catch (Throwable e) {
        failure = e;
      }
      counters.runReturned();
      if (failure != null && mayBeRetried(failure)) {
        Attempts.Verdict verdict = core.attempts.judge(thread, bulk, now, failure);
        failure = verdict.failure();
        if (verdict.waitsAgain()) {
          break;
        }
      }
      next = bulk.goOn(range, failure != null || leaves());
      if (next == BulkRanges.LOST) {
        break;
      }
      if (failure == null) {
        bulk.succeeded(now, result);
        counters.placeSucceeded(next >= 0);
      } else {
        core.canceller.placeFailed(thread, bulk, now, failure);
      }
    }
    if (next == BulkRanges.LOST) {
      lost(bulk, failure);
    }
    leave(bulk);
    return failure;
  }

  private boolean mayBeRetried(Throwable failure) {
    return breaksWorker(failure) && core.attempts.areAllowed();
  }

  /** Whether what a run threw says that the worker can do no more. */
  static boolean breaksWorker(Throwable failure) {
    return failure instanceof WorkerBrokenException || failure instanceof Error;
  }

  /** Whether it is to look for other work before it goes on. It asks as often as its pace says. */
  private boolean leaves() {
    if (thread.isSpent()) {
      return true;
    }
    if (!thread.claimSize.isSampleDue()) {
      return false;
    }
    int _ = thread.claimSize.sampleClock();
    return core.dispatcher.othersWait(thread);
  }

  private void leave(BulkCall<J, R> bulk) {
    core.lock.lock();
    try {
      serving = null;
      settlePassed(bulk, thread.counters.succeeded() - joinedSucceeded);
      if (bulk.isSettled()) {
        core.queue.remove(bulk);
      }
      core.signals.noticeSettled();
    } finally {
      core.lock.unlock();
    }
  }

  /** Somebody has settled the job before its run returned. */
  private void lost(Work<J, R> work, @Nullable Throwable failure) {
    core.lock.lock();
    try {
      thread.counters.dropped();
      droppedFailures += failure == null ? 0 : 1;
      if (work instanceof JobFuture<J, R> future) {
        core.attempts.forget(future);
      }
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

  /** Starts a place of a bulk call; false when there is none for it. */
  boolean startIn(BulkCall<J, R> bulk) {
    place = bulk.start(thread.range());
    if (place < 0) {
      return false;
    }
    serving = bulk;
    joinedPosition = bulk.runningPosition(thread.range());
    joinedSucceeded = thread.counters.succeeded();
    settledPlaces = 0;
    thread.counters.placeStarted();
    return true;
  }

  /**
   * Settles what the worker has passed in a bulk call whose current place was cancelled, since it
   * may never come back to do so. It may just be keeping the result of the last. Any thread.
   */
  void settlePassed(BulkCall<J, R> bulk) {
    int passed = bulk.runningPosition(thread.range()) - joinedPosition;
    for (int spins = 0; thread.counters.succeeded() - joinedSucceeded < passed; spins++) {
      Ring.pause(spins);
    }
    settlePassed(bulk, passed);
  }

  private void settlePassed(BulkCall<J, R> bulk, long passed) {
    bulk.settled((int) (passed - settledPlaces));
    settledPlaces = passed;
  }

  /** Lets go of a cancelled job that does not run any more, when its stopper is done. */
  void drop(Work<J, R> work) {
    switch (work) {
      case JobFuture<J, R> future -> {
        thread.claimed.done();
        future.letGo();
      }
      case BulkCall<J, R> bulk -> bulk.lost(thread.range());
    }
    core.canceller.runReturned();
    while (beingStopped) {
      stopperIsDone.awaitUninterruptibly();
    }
    lateSince = NOT_LATE;
  }

  // Any thread; exact under the lock:

  /** What it runs a job for, though that may have settled; null when it runs nothing. */
  @Nullable Work<J, R> current() {
    BulkCall<J, R> bulk = serving;
    return bulk != null && (bulk.isRunning(thread) || bulk.isRunningCancelled(thread))
        ? bulk
        : thread.claimed.current();
  }

  /**
   * Fails the run with that number, if it is still under way; what it was for, else null. Under the
   * lock. The number is looked at after what it stands for, so no later run is meant.
   */
  @Nullable Work<J, R> timeOut(long number, Throwable cause) {
    Work<J, R> work = current();
    boolean here =
        switch (work) {
          case JobFuture<J, R> future -> thread.counters.isOnStack(number) && future.timeOut(slot);
          case BulkCall<J, R> bulk -> {
            int position = bulk.runningPosition(thread.range());
            yield thread.counters.isOnStack(number) && bulk.timeOut(thread, position, cause);
          }
          case null -> false;
        };
    if (!here) {
      return null;
    }
    lateSince = System.nanoTime();
    if (work instanceof BulkCall<J, R> bulk) {
      settlePassed(bulk);
    }
    return work;
  }

  /**
   * Notes that the run with that number, which somebody has cancelled, is still under way and has
   * lasted too long; what it is for, else null. Under the lock.
   */
  @Nullable Work<J, R> overstays(long number) {
    Work<J, R> work = cancelled();
    if (work == null || !thread.counters.isOnStack(number)) {
      return null;
    }
    lateSince = System.nanoTime();
    return work;
  }

  /** The thread that is in its worker's {@code cancel}; null when there is none. */
  @Nullable Thread cancellingThread() {
    return cancellingThread;
  }

  /** Whether its run has lasted too long and has not come back for so long since. */
  boolean isLateFor(long nanos) {
    long since = lateSince;
    return since != NOT_LATE && System.nanoTime() - since >= nanos;
  }

  /** What it runs a job for that was cancelled; null when it runs none such. */
  @Nullable Work<J, R> cancelled() {
    Work<J, R> work = current();
    return work != null && work.isRunningCancelled(thread) ? work : null;
  }

  /** Whether it runs a job that has not settled. */
  boolean isRunning() {
    Work<J, R> work = current();
    return work != null && work.isRunning(thread);
  }

  /** How many runs threw. */
  long failures() {
    return thread.counters.failed() + droppedFailures;
  }

  /** On a stopper's thread: unblocks the run of a cancelled job, if it is still under way. */
  void stop(Work<J, R> work) {
    Worker<J, R> running;
    core.lock.lock();
    try {
      if (cancelled() != work
          || worker == null
          || thread.counters.started() == thread.counters.returned()) {
        return; // it has returned, or is about to say so
      }
      wasStopped = true;
      beingStopped = true;
      running = worker;
    } finally {
      core.lock.unlock();
    }
    try {
      cancellingThread = Thread.currentThread();
      running.cancel();
    } catch (Throwable e) {
      LogLine.of(LOG, Level.WARN, thread)
          .log("{} failed to cancel its job: {}", thread.name(), SafeText.of(e));
    } finally {
      cancellingThread = null;
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
