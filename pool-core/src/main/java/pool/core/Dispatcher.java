package pool.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes jobs in and hands them out: every state of every job changes here, under one lock.
 *
 * <p>The critical sections are short and call nothing of the user's. What users can observe is done
 * after the lock is released: futures are completed, and with them what was chained to them.
 *
 * <p>A worker that finds no job waits on its own condition and is listed as idle. A new job wakes
 * one idle worker (a keyed or dealt one wakes its slot's), so a wake-up is never spent on a worker
 * that could not take the job; a worker that ends a job looks for the next before it waits. Hence
 * no job waits while a worker that could take it is idle: whichever of the two comes second, under
 * the lock, sees the other.
 */
final class Dispatcher<J, R> {

  final ReentrantLock lock = new ReentrantLock();
  final Lifecycle life = new Lifecycle();
  final Accounts accounts = new Accounts();

  private final Settings settings;
  private final List<WorkerThread<J, R>> workers; // by slot
  private final Stopper stopper;
  private final JobQueue<J, R> queue;
  private final Deque<WorkerThread<J, R>> idle = new ArrayDeque<>();
  private final Condition notFull = lock.newCondition();
  private final Condition allSettled = lock.newCondition();
  private final Condition runReturned = lock.newCondition();

  Dispatcher(Settings settings, List<WorkerThread<J, R>> workers, Stopper stopper) {
    this.settings = settings;
    this.workers = workers;
    this.stopper = stopper;
    this.queue =
        new JobQueue<>(settings.workers(), settings.queueCapacity(), settings.distribution());
  }

  // Submitters

  /** Accepts a job for any worker, or for one slot; when the queue is full, waits or refuses. */
  JobFuture<J, R> submit(J job, int keyedSlot) {
    lock.lock();
    try {
      requireOpen();
      while (queue.isFull()) {
        if (settings.whenFull() == WhenFull.REJECT) {
          throw new QueueFullException(
              "the queue of pool '%s' is full: %d jobs wait; raise queueCapacity, or wait with WhenFull.WAIT"
                  .formatted(settings.name(), settings.queueCapacity()));
        }
        notFull.await();
        requireOpen();
      }
      return accept(job, keyedSlot);
    } catch (InterruptedException e) {
      throw PoolInterruptedException.flagKept("a place in the queue", e);
    } finally {
      lock.unlock();
    }
  }

  /** Accepts a job for any worker; null when the queue is full. */
  @Nullable JobFuture<J, R> trySubmit(J job) {
    lock.lock();
    try {
      requireOpen();
      return queue.isFull() ? null : accept(job, JobFuture.ANY_SLOT);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Accepts a job for any worker, and waits for a place; null when meanwhile the submitter has
   * something better to do, of which {@link #wakeSubmitters} tells it.
   */
  @Nullable JobFuture<J, R> submitUnless(BooleanSupplier better, J job)
      throws InterruptedException {
    lock.lock();
    try {
      requireOpen();
      while (queue.isFull()) {
        if (better.getAsBoolean()) {
          notFull.signal(); // it may have been woken for a place that it leaves to others
          return null;
        }
        notFull.await();
        requireOpen();
      }
      return accept(job, JobFuture.ANY_SLOT);
    } finally {
      lock.unlock();
    }
  }

  void wakeSubmitters() {
    lock.lock();
    try {
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private JobFuture<J, R> accept(J job, int keyedSlot) {
    int slot = keyedSlot == JobFuture.ANY_SLOT ? queue.deal() : keyedSlot;
    JobFuture<J, R> future = new JobFuture<>(this, job, slot);
    queue.add(future);
    accounts.submitted(1);
    wakeFor(slot);
    return future;
  }

  /** Accepts all jobs of a batch at once. */
  Batch<J, R> submit(List<J> jobs, boolean stopsAtFailure) {
    lock.lock();
    try {
      requireOpen();
      int stride = queue.batchSlots();
      int firstSlot = queue.firstBatchSlot();
      Batch<J, R> batch = new Batch<>(jobs, stopsAtFailure, stride, firstSlot, lock.newCondition());
      if (!jobs.isEmpty()) {
        queue.add(batch, jobs.size());
        accounts.submitted(jobs.size());
      }
      for (int i = 0; i < Math.min(jobs.size(), workers.size()); i++) {
        wakeFor(stride == 1 ? JobFuture.ANY_SLOT : (firstSlot + i) % stride);
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private void requireOpen() {
    if (!life.acceptsJobs()) {
      throw poolClosed("no job is accepted");
    }
  }

  PoolClosedException poolClosed(String what) {
    return new PoolClosedException(
        "pool '%s' is %s: %s"
            .formatted(settings.name(), life.isClosed() ? "closed" : "closing", what));
  }

  // Workers

  /**
   * The next job for a worker, which waits for one; null when the worker is to end, because all
   * that was accepted has settled or because the pool is stopped.
   */
  @Nullable Claim<J, R> claim(WorkerThread<J, R> worker) {
    lock.lock();
    try {
      while (!life.isStopped()) {
        Claim<J, R> claim = queue.poll(worker);
        if (claim != null) {
          accounts.started();
          notFull.signal();
          worker.starts(claim);
          if (queue.hasJobsForAny()) {
            wakeFor(JobFuture.ANY_SLOT); // it may have been woken for one, and got one of its own
          }
          return claim;
        }
        if (isDrained()) {
          return null;
        }
        worker.awaitWork(idle);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends a run that has returned; waits until whoever stops it is done with the worker.
   *
   * @return whether the worker settled the job; false when somebody else had
   */
  boolean settle(
      WorkerThread<J, R> worker,
      Claim<J, R> claim,
      @Nullable R result,
      @Nullable Throwable failure) {
    lock.lock();
    try {
      worker.returned(failure != null);
      runReturned.signalAll();
      if (claim.isSettled()) {
        return false;
      }
      end(claim, failure == null ? Settlement.SUCCEEDED : Settlement.FAILED, result, failure);
      if (claim instanceof Batch<J, R>.Place place && place.batch().stopsNow()) {
        endBatch(place.batch());
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the intake has stopped and nothing that was accepted is unsettled. Under the lock. */
  boolean isDrained() {
    return life.isClosing() && accounts.unsettled() == 0;
  }

  // Cancellers

  /** Settles a job as cancelled; stops its run when asked to. False when it had settled. */
  boolean withdraw(JobFuture<J, R> future, boolean stop) {
    lock.lock();
    try {
      if (future.isSettled()) {
        return false;
      }
      if (future.runner() != null) {
        cancelRun(future, stop);
      } else {
        end(future, Settlement.CANCELLED, null, null);
        queue.withdrew();
        notFull.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends a batch early: unclaimed places are returned, running ones cancelled. */
  void abort(Batch<J, R> batch) {
    lock.lock();
    try {
      endBatch(batch);
    } finally {
      lock.unlock();
    }
  }

  private void endBatch(Batch<J, R> batch) {
    queue.remove(batch);
    accounts.returned(batch.settleUnclaimed(null).size());
    for (WorkerThread<J, R> worker : workers) {
      if (worker.current() instanceof Batch<J, R>.Place place
          && place.batch() == batch
          && !place.isSettled()) {
        cancelRun(place, true);
      }
    }
    noticeSettled();
  }

  private void cancelRun(Claim<J, R> claim, boolean stop) {
    WorkerThread<J, R> runner = claim.runner();
    end(claim, Settlement.CANCELLED, null, null);
    if (stop && runner != null) {
      stopRun(runner, claim);
    }
  }

  private void stopRun(WorkerThread<J, R> runner, Claim<J, R> claim) {
    runner.stopRequested();
    stopper.stop(runner, claim);
  }

  /**
   * Waits until the runs of some claims have returned, or time ran out. An interrupt does not end
   * the wait, but is kept.
   */
  void awaitReturn(Predicate<Claim<J, R>> of, Duration limit) {
    long deadline = System.nanoTime() + Nanos.of(limit);
    boolean interrupted = false;
    lock.lock();
    try {
      while (workers.stream().map(WorkerThread::current).anyMatch(c -> c != null && of.test(c))) {
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

  // Closing

  /** Wakes everybody who waits for something that closing changes. Under the lock. */
  void intakeStopped() {
    notFull.signalAll();
    wakeAll();
  }

  /** What a stop has to tell, outside the lock, and to report. */
  record Stopped<J, R>(List<JobFuture<J, R>> returned, List<Claim<J, R>> cancelled, List<J> jobs) {}

  /** Returns all that waits and stops all that runs. Under the lock, after {@code life.stop()}. */
  Stopped<J, R> stopAll() {
    List<J> jobs = new ArrayList<>();
    List<JobFuture<J, R>> returned = queue.drainJobs();
    for (JobFuture<J, R> future : returned) {
      jobs.add(future.job());
      end(future, Settlement.RETURNED, null, null);
    }
    for (Batch<J, R> batch : queue.drainBatches()) {
      List<J> rest = batch.settleUnclaimed(null);
      accounts.returned(rest.size());
      jobs.addAll(rest);
    }
    List<Claim<J, R>> cancelled = new ArrayList<>();
    for (WorkerThread<J, R> worker : workers) {
      Claim<J, R> claim = worker.current();
      if (claim != null && !claim.isSettled()) {
        cancelled.add(claim);
        cancelRun(claim, true);
      } else if (claim != null) { // cancelled without being stopped
        stopRun(worker, claim);
      }
    }
    noticeSettled();
    intakeStopped();
    return new Stopped<>(returned, cancelled, jobs);
  }

  /**
   * Settles what a worker runs as cancelled, without stopping it: it is no longer waited for. False
   * when that had settled. Under the lock.
   */
  boolean forsake(WorkerThread<J, R> worker) {
    Claim<J, R> claim = worker.current();
    if (claim == null || claim.isSettled()) {
      return false;
    }
    cancelRun(claim, false);
    return true;
  }

  /** Fails all that waits, because no worker can be opened. */
  void failWaiting(PoolBrokenException cause) {
    List<JobFuture<J, R>> failed;
    lock.lock();
    try {
      failed = queue.drainJobs();
      failed.forEach(future -> end(future, Settlement.FAILED, null, cause));
      for (Batch<J, R> batch : queue.drainBatches()) {
        for (int i = batch.settleUnclaimed(cause).size(); i > 0; i--) {
          accounts.settled(Settlement.FAILED, false);
        }
      }
      noticeSettled();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
    List<Thread> _ = JobFuture.publishAll(failed, Settlement.FAILED, cause);
  }

  /** Waits until nothing waits or runs; false when time ran out. */
  boolean awaitIdle(Duration limit) {
    long deadline = System.nanoTime() + Nanos.of(limit);
    lock.lock();
    try {
      while (accounts.unsettled() > 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        allSettled.awaitNanos(left);
      }
      return true;
    } catch (InterruptedException e) {
      throw PoolInterruptedException.flagKept("the pool to be idle", e);
    } finally {
      lock.unlock();
    }
  }

  Settlement settlementOf(JobFuture<J, R> future) {
    lock.lock();
    try {
      Settlement settlement = future.settlement();
      if (settlement == null) {
        throw new IllegalStateException("the job has not settled");
      }
      return settlement;
    } finally {
      lock.unlock();
    }
  }

  // Under the lock:

  private void end(
      Claim<J, R> claim, Settlement how, @Nullable R result, @Nullable Throwable cause) {
    accounts.settled(how, claim.runner() != null);
    claim.settle(how, result, cause);
    noticeSettled();
  }

  private void noticeSettled() {
    if (accounts.unsettled() == 0) {
      allSettled.signalAll();
      if (life.isClosing()) {
        wakeAll();
      }
    }
  }

  /** Wakes the worker of a slot, or one idle worker. */
  private void wakeFor(int slot) {
    if (slot != JobFuture.ANY_SLOT) {
      workers.get(slot).wake();
      return;
    }
    WorkerThread<J, R> next;
    while ((next = idle.poll()) != null) {
      if (next.unlisted()) {
        next.wake();
        return;
      }
    }
  }

  private void wakeAll() {
    workers.forEach(WorkerThread::wake);
    if (isDrained()) {
      workers.forEach(WorkerThread::interruptOpening); // that worker would have nothing to do
    }
  }
}
