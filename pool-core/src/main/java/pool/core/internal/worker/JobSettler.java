package pool.core.internal.worker;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.core.Distribution;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;
import pool.core.internal.batch.Batch;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkCalls;
import pool.core.internal.job.Attempts;
import pool.core.internal.job.Completions;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.RunPart;
import pool.core.internal.job.Unpublished;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.Ring;
import pool.core.internal.util.HelperExecutor;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.TaskList;
import pool.core.internal.util.TimedWait;

/**
 * Settles jobs, whatever ends them: their run, a cancel, a time-out, a close, or that nobody can do
 * them. To settle a job is always the same:
 *
 * <ol>
 *   <li>win the one compare-and-set that ends it, of its own word or of a share of a bulk call: so
 *       it does not matter where it is found, or who else is about to start or to end it;
 *   <li>count it;
 *   <li>tell whoever waits for room, for all jobs to settle, or for the bulk call to end;
 *   <li>complete its future, without the lock.
 * </ol>
 *
 * <p><b>Nothing throws between the first step and the last</b>, even when memory is short: what the
 * later steps need is made before the first, and what they can do without they leave out. So every
 * job that has settled is counted, and every future is completed; and what has thrown before may be
 * done again. Jobs that wait are settled in portions, each of which needs little.
 *
 * <p>What a worker has run to its end it settles itself, without the lock. All else is done here
 * under the lock, and the futures are completed by the {@link HelperExecutor} or, when it was the
 * owner who cancelled, by the owner. What runs is settled first, and then, by the {@link
 * CancelExecutor}, stopped, if its run has not returned by then.
 */
public final class JobSettler<J, R> {

  private static final int PORTION = 4_096;
  private static final int SLOTS_PORTION = 128;

  private final Base base;
  private final Slots<J, R> slots;
  private final JobQueue<J, R> queue;
  private final DelayedJobs<J, R> delayed;
  private final BulkCalls<J, R> bulkCalls;
  private final PoolCounters<J, R> counters;
  private final SettledWatch<J, R> watch;
  private final Attempts attempts;
  private final CancelExecutor cancelExecutor;
  private final HelperExecutor helperExecutor;
  private final Unpublished unpublished;
  private final String timedOutOn; // which worker
  private final PoolCondition runReturned;

  // Under the lock:
  private boolean isEnding; // a bulk call, which completes only jobs of its own
  private boolean areRunsStopped; // for a close
  private boolean isAllStopped; // and all that waits is settled

  public JobSettler(
      Base base,
      Slots<J, R> slots,
      JobQueue<J, R> queue,
      DelayedJobs<J, R> delayed,
      BulkCalls<J, R> bulkCalls,
      Attempts attempts,
      PoolCounters<J, R> counters,
      SettledWatch<J, R> watch,
      CancelExecutor cancelExecutor,
      HelperExecutor helperExecutor,
      Unpublished unpublished) {
    this.base = base;
    this.slots = slots;
    this.queue = queue;
    this.delayed = delayed;
    this.bulkCalls = bulkCalls;
    this.counters = counters;
    this.watch = watch;
    this.attempts = attempts;
    this.cancelExecutor = cancelExecutor;
    this.helperExecutor = helperExecutor;
    this.unpublished = unpublished;
    this.runReturned = base.lock().condition();
    this.timedOutOn =
        "the job ran longer than jobTimeout, %s, on "
            .formatted(base.settings().jobTimeout().map(Duration::toString).orElse("none"));
  }

  /** Settles under the lock, and has the futures completed after it. */
  private void settle(Consumer<Completions<J, R>> change) {
    Completions<J, R> completions = new Completions<>(helperExecutor);
    try (var _ = base.hold()) {
      unpublished.add(completions);
      try {
        change.accept(completions);
      } finally {
        noticeSettled();
      }
    } finally {
      completions.complete();
    }
  }

  /** Settles a portion after the other, with the lock free in between, until that was the last. */
  private void settleAll(Predicate<Completions<J, R>> portion) {
    boolean[] isLast = {false};
    for (int spins = 0; !isLast[0]; spins++) {
      settle(completions -> isLast[0] = portion.test(completions));
      Ring.pause(spins); // for a submitter that is between two steps
    }
  }

  /** Something may have settled: tells those who wait for it. Under the lock. */
  void noticeSettled() {
    bulkCalls.endThoseSettled();
    watch.notice();
  }

  // The worker, when its run has returned

  /** Settles a job as its run has ended; false when it had been settled. */
  boolean settleRun(
      WorkerThread<J, R> worker,
      JobFuture<J, R> future,
      @Nullable R result,
      @Nullable Throwable failure) {
    JobState how = failure == null ? JobState.SUCCEEDED : JobState.FAILED;
    if (!future.endRun(worker.slot().index(), how)) {
      return false;
    }
    if (failure == null) {
      worker.counters().jobSucceeded();
    } else {
      worker.counters().jobFailed();
    }
    try {
      if (watch.isWatched() && queue.mayHoldNothing()) {
        try (var _ = base.hold()) {
          noticeSettled();
        }
      }
      Throwable _ = attempts.remove(future);
    } finally {
      Interrupts.clear();
      future.dropJob();
      if (failure == null) {
        future.succeed(result);
      } else {
        future.fail(failure);
      }
    }
    return true;
  }

  /** A settled run has returned. Under the lock. */
  void runReturned() {
    runReturned.signalAll();
  }

  // Owners

  /**
   * Settles a job as cancelled; stops its run when asked to. False when it had settled, else the
   * owner is to complete the future.
   */
  public boolean settleCancelled(JobFuture<J, R> future, boolean stop) {
    try (var _ = base.hold()) {
      unpublished.add(future);
      int slot;
      do {
        if (future.endWaiting(JobState.CANCELLED)) {
          future.dropJob();
          countCancelled(future);
          settledWaiting(future);
          return true;
        }
        slot = future.runningSlot();
        if (slot < 0) {
          unpublished.removeLast();
          return false;
        }
      } while (!future.cancelRun(slot)); // it was started, or has ended, meanwhile
      countCancelled(future);
      stopRun(slots.get(slot).thread(), future, stop);
      return true;
    }
  }

  /**
   * Stops the run of a cancelled job, if wanted: a batch once nobody wants any other of its jobs.
   */
  private void stopRun(WorkerThread<J, R> worker, JobFuture<J, R> cancelled, boolean isWanted) {
    if (worker.runner().current() instanceof Batch<J, R> batch) {
      if (isWanted) {
        batch.stopIsWanted();
      }
      stopIfForNothing(worker, batch);
    } else if (isWanted) {
      cancelExecutor.stopRun(worker, cancelled);
    }
  }

  /** Stops the run of a batch if somebody wanted that, and nobody wants a job of it any more. */
  void stopIfForNothing(WorkerThread<J, R> worker, Batch<J, R> batch) {
    if (batch.isStopWanted()
        && batch.isRunningSettled(worker.slot().index())
        && batch.beginsStop()) {
      cancelExecutor.stopRun(worker, batch);
    }
  }

  private void countCancelled(JobFuture<J, R> future) {
    counters.countCancelled();
    Throwable _ = attempts.remove(future);
    try {
      watch.notice();
    } catch (OutOfMemoryError e) {
      // a closer looks again
    }
  }

  /** Ends a bulk call early: what was not started never is, what runs is cancelled and stopped. */
  public void abort(BulkCall<J, R> bulk) {
    settle(_ -> end(bulk));
  }

  /**
   * Waits until those of some settled jobs that run have returned, or it is too late. An interrupt
   * does not end the wait, but is kept.
   */
  public void awaitReturn(Predicate<Work<J, R>> of) {
    long deadline = TimedWait.deadline(base.settings().cancelGrace());
    boolean interrupted;
    try (var _ = base.hold()) {
      interrupted = TimedWait.untilDespiteInterrupts(() -> !anyRuns(of), runReturned, deadline);
    }
    Interrupts.restoreIf(interrupted);
  }

  /** Whether the run that has settled a job, or that it was in, has not returned. Any thread. */
  public boolean isOnStack(JobFuture<J, R> settled) {
    int slot = settled.startedBy();
    Work<J, R> work = slot < 0 ? null : slots.get(slot).thread().runner().current();
    return work != null && work.parts().contains(settled);
  }

  private boolean anyRuns(Predicate<Work<J, R>> of) {
    return slots
        .threads()
        .map(thread -> thread.runner().settled())
        .anyMatch(work -> work != null && of.test(work));
  }

  // The supervisor

  /**
   * Fails the runs with those numbers, by slot, that are still under way; 0 stands for none. They
   * are then to be stopped, also if somebody has settled their jobs before. A crowd is settled in
   * portions.
   */
  public void timeOut(long[] numbers, TaskList toStop) {
    toStop.reserve(numbers.length);
    for (int first = 0; first < numbers.length; first += SLOTS_PORTION) {
      int end = Math.min(first + SLOTS_PORTION, numbers.length);
      if (Arrays.stream(numbers, first, end).anyMatch(number -> number != 0)) {
        timeOut(numbers, first, end, toStop);
      }
    }
  }

  private void timeOut(long[] numbers, int first, int end, TaskList toStop) {
    settle(completions -> {
      for (int slot = first; slot < end; slot++) {
        WorkerThread<J, R> worker = slots.get(slot).thread();
        Work<J, R> work = numbers[slot] == 0 ? null : worker.runner().current();
        if (work != null) {
          Runnable stop = () -> worker.runner().stopRun(work); // made before anything settles
          if (timeOutRun(worker, work, numbers[slot], completions)) {
            worker.runner().runStop().markLate();
            toStop.add(stop);
          }
        }
      }
      bulkCalls.all().forEach(this::endIfFailed);
    });
  }

  /** Times a run out; whether it is under way, though its job has settled by now. */
  private boolean timeOutRun(
      WorkerThread<J, R> worker, Work<J, R> work, long number, Completions<J, R> completions) {
    int slot = worker.slot().index();
    TimeoutException cause = new TimeoutException(timedOutOn.concat(worker.slot().name()));
    BooleanSupplier isMeant = () -> worker.counters().sequence() == number;
    List<? extends RunPart<J, R>> parts = work.parts();
    completions.reserve(parts.size());
    boolean timedOut = false;
    for (RunPart<J, R> part : parts) {
      if (part.timeOutRun(slot, isMeant, cause)) {
        counters.countFailed();
        Throwable _ = attempts.remove(part);
        part.addTo(completions, cause);
        timedOut = true;
      }
    }
    return timedOut
        || (work.isRunningSettled(slot) && isMeant.getAsBoolean()); // else it has returned
  }

  /** Stops runs; false if no thread can be had for that now. */
  public boolean stopRuns(TaskList runs) {
    return cancelExecutor.stopRuns(runs);
  }

  // Under the lock:

  /** Ends a bulk call early that a failure stops. */
  void endIfFailed(BulkCall<J, R> bulk) {
    if (bulk.stopsNow() && !isEnding) {
      end(bulk);
    }
  }

  /** A job that this fails stops the call as well: it is not to be ended within its own end. */
  private void end(BulkCall<J, R> bulk) {
    isEnding = true;
    try {
      endAll(bulk);
    } finally {
      isEnding = false;
    }
  }

  private void endAll(BulkCall<J, R> bulk) {
    notStarted(bulk, _ -> {});
    for (Slot<J, R> slot : slots) {
      WorkerThread<J, R> worker = slot.thread();
      if (worker.runner().current() == bulk && cancelRun(worker, bulk)) {
        cancelExecutor.stopRun(worker, bulk);
      }
    }
    bulk.places().forEach(this::end);
  }

  /**
   * Ends a job that was taken out of its bulk call. Nothing foreign is chained to it, so that needs
   * no other thread.
   */
  private void end(PlaceFuture<J, R> place) {
    boolean hasBroken = attempts.hasBroken(place);
    boolean waited = place.endWaiting(hasBroken ? JobState.FAILED : JobState.NOT_STARTED);
    if (waited) {
      if (hasBroken) {
        counters.countFailed();
      } else {
        counters.countNotStarted();
      }
      settledWaiting(place);
    } else {
      int slot = place.runningSlot();
      if (slot < 0 || !place.cancelRun(slot)) {
        return; // it has settled
      }
      counters.countCancelled();
      stopRun(slots.get(slot).thread(), place, true);
    }
    Throwable broke = attempts.remove(place);
    place.settledByBulkCall(waited ? broke : null);
    if (waited) {
      place.dropAll();
    }
  }

  /** A job that was taken out of its bulk call has settled, and is about to be completed. */
  public void placeSettled(
      BulkCall<J, R> bulk, PlaceFuture<J, R> place, @Nullable R result, @Nullable Throwable cause) {
    try (var _ = base.hold()) {
      bulk.placeSettled(place, result, cause);
      if (cause != null) {
        endIfFailed(bulk);
      }
      noticeSettled();
    }
  }

  private void notStarted(BulkCall<J, R> bulk, Consumer<? super J> each) {
    Consumer<J> ended =
        job -> {
          counters.countNotStarted();
          each.accept(job);
        };
    bulk.endUnstarted(null, ended);
  }

  private boolean cancelRun(WorkerThread<J, R> worker, RunPart<J, R> part) {
    boolean here = part.cancelRun(worker.slot().index());
    if (here) {
      counters.countCancelled();
      Throwable _ = attempts.remove(part);
    }
    return here;
  }

  /**
   * Settles a job that waits: as not started, when a close is the cause, else as failed with it.
   * One that was started before fails with what broke its workers.
   */
  private void endWaiting(JobFuture<J, R> future, Throwable cause, Completions<J, R> completions) {
    boolean fails = !(cause instanceof PoolClosedException) || attempts.hasBroken(future);
    if (!future.endWaiting(fails ? JobState.FAILED : JobState.NOT_STARTED)) {
      return;
    }
    if (fails) {
      counters.countFailed();
    } else {
      counters.countNotStarted();
      base.report().notStarted(future.job());
    }
    Throwable before = attempts.remove(future);
    completions.add(future, before == null ? cause : before);
    future.dropJob();
    settledWaiting(future);
  }

  /** A job has settled that waited. Throws nothing. */
  private void settledWaiting(JobFuture<J, R> future) {
    boolean isTimeToSweep = queue.noteSettledWaiting();
    try {
      delayed.settledWaiting(future);
      if (isTimeToSweep) {
        delayed.removeSettled();
      }
    } catch (OutOfMemoryError e) {
      // it holds up no other when its time has come
    }
  }

  /**
   * A portion of what waits in the queue, or that a worker has taken; false if more may be there.
   */
  private boolean endPortion(Throwable cause, Completions<J, R> completions) {
    slots.threads().forEach(worker -> endClaimed(worker, cause, completions));
    completions.reserve(PORTION);
    Consumer<JobFuture<J, R>> end = future -> endWaiting(future, cause, completions);
    int taken = delayed.takeOut(end, PORTION);
    return taken < PORTION && queue.takeOut(end, PORTION - taken);
  }

  private void endClaimed(
      WorkerThread<J, R> worker, Throwable cause, Completions<J, R> completions) {
    worker
        .claimed()
        .waiting(future -> {
          completions.reserve(1);
          endWaiting(future, cause, completions);
        });
  }

  // Closing

  /**
   * Lets nothing start that waits, and stops all that runs. That the pool is stopped is said under
   * the same lock: a worker that sees it, and pings no more, finds no job of a bulk call. One that
   * starts another job after this has looked for it sees that the pool is stopped, too.
   *
   * <p>What throws half-way is gone on with by whoever stops the pool next.
   *
   * @param sayStopped says so; false when it was said before
   * @return what that returned
   */
  public boolean stopAll(BooleanSupplier sayStopped) {
    PoolClosedException cause = notStartedCause();
    boolean[] isFirst = {false};
    settleAll(completions -> {
      if (!base.life().isStopped()) {
        base.report().expectNotStarted(queue.nowWaiting() + bulkCalls.tally().unstarted());
      }
      isFirst[0] |= sayStopped.getAsBoolean();
      isAllStopped = isAllStopped || base.life().isClosed() || stopPortion(cause, completions);
      return isAllStopped;
    });
    return isFirst[0];
  }

  /** False when there may be more. */
  private boolean stopPortion(PoolClosedException cause, Completions<J, R> completions) {
    if (!areRunsStopped) {
      watch.lifeChanged();
      for (BulkCall<J, R> bulk : bulkCalls.all()) {
        notStarted(bulk, base.report()::notStarted);
      }
      slots.threads().forEach(worker -> stopForClose(worker, completions));
      areRunsStopped = true;
    }
    return endPortion(cause, completions);
  }

  private PoolClosedException notStartedCause() {
    return base.life().closedCause("the job was not started");
  }

  private void stopForClose(WorkerThread<J, R> worker, Completions<J, R> completions) {
    cancelForClose(worker, completions);
    Work<J, R> toStop = worker.runner().settled(); // perhaps by its owner, who let it run on
    if (toStop != null) {
      cancelExecutor.stopRun(worker, toStop);
    }
  }

  /** Settles what a worker runs, if it has not settled, as cancelled by the close. */
  private void cancelForClose(WorkerThread<J, R> worker, Completions<J, R> completions) {
    Work<J, R> work = worker.runner().current();
    List<? extends RunPart<J, R>> parts = work == null ? List.of() : work.parts();
    completions.reserve(parts.size());
    for (RunPart<J, R> part : parts) {
      if (cancelRun(worker, part)) {
        part.addTo(completions, null);
        base.report().cancelledRun(part.runningJob(worker.slot().index()));
      }
    }
  }

  /**
   * Has a worker abandoned, if, under the lock, it is still to be; settles what it runs before, as
   * cancelled by the close. What the supervisor abandons runs nothing unsettled: it has timed out.
   */
  public void abandon(WorkerThread<J, R> worker, BooleanSupplier isStillToBe, Runnable abandon) {
    settle(completions -> {
      if (isStillToBe.getAsBoolean()) {
        cancelForClose(worker, completions);
        noteUnpublished(worker.runner().current());
        abandon.run();
      }
    });
  }

  /** What its worker has settled it may only now be about to complete; nobody else would wait. */
  private void noteUnpublished(@Nullable Work<J, R> work) {
    List<? extends RunPart<J, R>> parts = work == null ? List.of() : work.parts();
    for (RunPart<J, R> part : parts) {
      if (part instanceof JobFuture<J, R> future && future.isSettled() && !future.isDone()) {
        unpublished.add(future);
      }
    }
  }

  /** A worker has taken jobs when the pool was already stopped: they are not started either. */
  void endClaimed(WorkerThread<J, R> worker) {
    PoolClosedException cause = notStartedCause();
    settle(completions -> endClaimed(worker, cause, completions));
  }

  /**
   * A worker has started a job when the pool was already stopped, too late to be met by {@link
   * #stopAll}, perhaps: it is not run.
   */
  void cancelStartedLate(WorkerThread<J, R> worker, JobFuture<J, R> future) {
    settle(completions -> {
      completions.reserve(1);
      if (cancelRun(worker, future)) {
        completions.add(future, null);
        base.report().cancelledRun(future.job());
      }
      worker.runner().runIsOver(future);
    });
  }

  // Nobody is left

  /** Fails all that waits while the pool is broken by that. */
  @SuppressWarnings("ReferenceEquality")
  public void failAllWaiting(PoolBrokenException cause) {
    settleAll(completions -> {
      if (base.life().broken() != cause) { // one has opened meanwhile
        return true;
      }
      bulkCalls.all().forEach(bulk -> failUnstarted(bulk, cause));
      return endPortion(cause, completions);
    });
  }

  /** Fails what waits for a slot that stays empty. */
  public void failWaitingFor(Slot<J, R> slot, PoolBrokenException cause) {
    settleAll(completions -> {
      if (base.settings().distribution() == Distribution.EVEN) {
        for (BulkCall<J, R> bulk : bulkCalls.all()) {
          bulk.endUnstarted(slot.index(), cause, _ -> counters.countFailed());
        }
      }
      completions.reserve(PORTION);
      Consumer<JobFuture<J, R>> end = future -> endWaiting(future, cause, completions);
      int taken = delayed.takeOutFor(slot.index(), end, PORTION);
      return taken + slot.queue().takeOut(end, PORTION - taken) < PORTION;
    });
  }

  /** Fails jobs that workers await in vain. */
  public void failAwaited(
      List<JobFuture<J, R>> futures, List<BulkCall<J, R>> bulks, PoolBrokenException cause) {
    settle(completions -> {
      completions.reserve(futures.size());
      futures.forEach(future -> endWaiting(future, cause, completions));
      for (BulkCall<J, R> bulk : bulks) {
        List<PlaceFuture<J, R>> places = bulk.places();
        completions.reserve(places.size());
        places.forEach(place -> endWaiting(place, cause, completions));
        failUnstarted(bulk, cause);
      }
    });
  }

  private void failUnstarted(BulkCall<J, R> bulk, PoolBrokenException cause) {
    bulk.endUnstarted(cause, _ -> counters.countFailed());
  }
}
