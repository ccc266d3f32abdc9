package pool.core;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes jobs in, never more than may wait.
 *
 * <p>The fast path, for a job that any worker may do, is a place in the {@link Ring}, for a permit.
 * The slow path is under the pool's lock: for a job of one slot, or when no permit is left. Then it
 * is counted how many jobs wait, and permits are granted for as many as may still come.
 *
 * <p><b>The bound.</b> At every moment, jobs that wait + permits ≤ capacity. A submit turns a
 * permit into a waiting job; permits are added only under the lock, only when there are none, and
 * then nobody else can submit, so that the number of waiting jobs can only fall while it is
 * counted.
 *
 * <p><b>Order.</b> Jobs of one submitter are taken in the order of its submits: the workers empty a
 * ring before they go to the next, and the ring and what they took from it before the overflow of
 * the {@link SlotQueues}; as long as there is an overflow no permits are granted, so later jobs
 * queue behind it.
 */
final class Admission<J, R> {

  private static final int ANY = -1; // no slot: any worker may do the job
  private static final long FOR_EVER = Long.MAX_VALUE;

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Condition notFull;
  private final boolean even;
  private final int capacity;
  private final Rings<JobFuture<J, R>> rings;

  private volatile boolean holdsWithdrawn; // perhaps; changed under the lock
  private long submittedSlowly; // jobs that took the slow path; under the lock

  Admission(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.notFull = lock.newCondition();
    this.even = core.settings.distribution() == Distribution.EVEN;
    this.capacity = core.settings.queueCapacity();
    this.rings = new Rings<>(capacity);
  }

  // Submitters

  /** Accepts a job for any worker; when the queue is full, waits or refuses. */
  JobFuture<J, R> submit(J job) {
    JobFuture<J, R> future = future(job);
    return offer(future) ? future : submitSlowly(future, ANY);
  }

  /** Accepts a job for whoever has a slot; when the queue is full, waits or refuses. */
  JobFuture<J, R> submit(J job, int slot) {
    return submitSlowly(future(job), slot);
  }

  private JobFuture<J, R> future(J job) {
    return core.events.timesJobs()
        ? new TimedFuture<>(core.canceller, job)
        : new JobFuture<>(core.canceller, job);
  }

  private boolean offer(JobFuture<J, R> future) {
    if (even || !rings.offer(future)) {
      return false;
    }
    core.idleWorkers.signal();
    return true;
  }

  private JobFuture<J, R> submitSlowly(JobFuture<J, R> future, int slot) {
    awaitPlace(future, slot);
    failIfNobodyCan(slot);
    return future;
  }

  /** Fails what was just accepted when no worker can be opened, or none in its slot. */
  private void failIfNobodyCan(int slot) {
    core.replacement.failIfBrokenStill();
    if (slot != ANY) {
      core.abandonments.failIfEmpty(slot);
    }
  }

  private void awaitPlace(JobFuture<J, R> future, int slot) {
    lock.lock();
    try {
      if (!accept(future, slot)) {
        core.events.queueIsFull();
        if (core.settings.whenFull() == WhenFull.REJECT) {
          throw new QueueFullException(
              "the queue of pool '%s' is full: %d jobs wait; raise queueCapacity, or wait with WhenFull.WAIT"
                  .formatted(core.settings.name(), capacity));
        }
        boolean _ = awaitAccepted(future, slot, () -> false, FOR_EVER);
      }
    } catch (InterruptedException e) {
      throw placeNotAwaited(e);
    } finally {
      lock.unlock();
    }
  }

  private static PoolInterruptedException placeNotAwaited(InterruptedException e) {
    return PoolInterruptedException.flagKept("a place in the queue", e);
  }

  /** Accepts a job for any worker; null when the queue is full for so long. */
  @Nullable JobFuture<J, R> trySubmit(J job, Duration limit) {
    JobFuture<J, R> future = future(job);
    return offer(future) ? future : trySubmitSlowly(future, ANY, limit);
  }

  /** Accepts a job for whoever has a slot; null when the queue is full for so long. */
  @Nullable JobFuture<J, R> trySubmit(J job, int slot, Duration limit) {
    return trySubmitSlowly(future(job), slot, limit);
  }

  private @Nullable JobFuture<J, R> trySubmitSlowly(
      JobFuture<J, R> future, int slot, Duration limit) {
    long nanos = limit.isNegative() ? 0 : Math.min(Nanos.of(limit), FOR_EVER - 1);
    boolean accepted;
    lock.lock();
    try {
      accepted = accept(future, slot);
      if (!accepted) {
        core.events.queueIsFull();
        accepted = nanos > 0 && awaitAccepted(future, slot, () -> false, nanos);
      }
    } catch (InterruptedException e) {
      throw placeNotAwaited(e);
    } finally {
      lock.unlock();
    }
    if (!accepted) {
      return null;
    }
    failIfNobodyCan(slot);
    return future;
  }

  /**
   * Accepts a job for any worker, and waits for a place; null when meanwhile the submitter has
   * something better to do, of which {@link #wakeSubmitters} tells it.
   */
  @Nullable JobFuture<J, R> submitUnless(BooleanSupplier better, J job)
      throws InterruptedException {
    JobFuture<J, R> future = future(job);
    if (offer(future)) {
      return future;
    }
    lock.lock();
    try {
      return awaitAccepted(future, ANY, better, FOR_EVER) ? future : null;
    } finally {
      lock.unlock();
      core.replacement.failIfBrokenStill();
    }
  }

  void wakeSubmitters() {
    lock.lock();
    try {
      placesAreFree();
    } finally {
      lock.unlock();
    }
  }

  /** A worker has started a job that waited. */
  void tellPlaceIsFree(WorkerThread<J, R> worker) {
    lock.lock();
    try {
      core.counters.countStarted(worker);
      placeIsFree();
    } finally {
      lock.unlock();
    }
  }

  // Under the lock:

  private boolean awaitAccepted(
      JobFuture<J, R> future, int slot, BooleanSupplier better, long limit)
      throws InterruptedException {
    long deadline = limit == FOR_EVER ? 0 : System.nanoTime() + limit;
    core.signals.submitterWaits(true);
    WorkerThread<J, R> worker = null;
    try {
      long patience = CompletionSignals.RECHECK_NANOS;
      while (!accept(future, slot)) {
        if (better.getAsBoolean()) {
          notFull.signal(); // it may have been woken for a place that it leaves to others
          return false;
        }
        long left = FOR_EVER;
        if (limit == FOR_EVER) {
          worker = core.waits.beginForPlace(better);
        } else {
          left = deadline - System.nanoTime();
          if (left <= 0) {
            return false;
          }
        }
        if (Math.min(left, patience) == FOR_EVER) {
          notFull.await();
        } else {
          long _ = notFull.awaitNanos(Math.min(left, patience));
        }
        patience = FOR_EVER; // the second look was taken
      }
      return true;
    } finally {
      core.waits.end(worker);
      core.signals.submitterWaits(false);
    }
  }

  /** A job that waited has gone. */
  void placeIsFree() {
    notFull.signal();
  }

  /** A waiting job was cancelled, wherever it waited. */
  void withdrew() {
    holdsWithdrawn = hasJobs();
    placeIsFree();
  }

  /** Everybody who waits for a place is to look again. */
  void placesAreFree() {
    notFull.signalAll();
  }

  private boolean accept(JobFuture<J, R> future, int slot) {
    requireOpen();
    boolean isBroken = core.replacement.isBroken(); // then it needs no place: it is failed at once
    if (slot == ANY && !even && !isBroken && !core.queue.hasOverflow()) {
      return acceptIntoRing(future);
    }
    if (!isBroken && !rings.spend()) {
      long remainingCapacity = remainingCapacity();
      if (remainingCapacity <= 0) {
        return false;
      }
      grant(remainingCapacity - 1);
    }
    submittedSlowly++;
    if (slot == ANY && !even) {
      core.queue.overflow(future);
      core.idleWorkers.signal();
    } else {
      WorkerThread<J, R> worker = slot == ANY ? deal() : core.workers.get(slot);
      core.queue.add(future, worker);
      core.idleWorkers.wake(worker.parker);
    }
    return true;
  }

  /** The worker in the next slot that has one. */
  private WorkerThread<J, R> deal() {
    WorkerThread<J, R> next = core.workers.get(core.queue.deal());
    for (int i = 1; next.isGone() && i < core.workers.size(); i++) {
      next = core.workers.get(core.queue.deal());
    }
    return next;
  }

  private boolean acceptIntoRing(JobFuture<J, R> future) {
    while (!offer(future)) { // the permits may be gone before it gets one
      long remainingCapacity = remainingCapacity();
      if (remainingCapacity <= 0) {
        return false;
      }
      if (grant(remainingCapacity) == 0) { // it is full of jobs that were withdrawn
        submittedSlowly++;
        core.queue.overflow(future);
        core.idleWorkers.signal();
        return true;
      }
    }
    return true;
  }

  /** How many more jobs may come. There is no permit. */
  private long remainingCapacity() {
    if (core.counters.waitingJobs() >= capacity) {
      core.counters.countStartedByAll();
    }
    return capacity - core.counters.waitingJobs();
  }

  /** Whether another job could be accepted now. */
  boolean hasRoom() {
    return rings.permits() > 0 || remainingCapacity() > 0;
  }

  /** Not while jobs overflow: those that come later must wait behind them. */
  private int grant(long jobs) {
    return core.queue.hasOverflow() ? 0 : rings.grant(jobs);
  }

  void requireOpen() {
    if (!core.life.acceptsJobs()) {
      throw core.poolClosed("no job is accepted");
    }
  }

  /** The next submit comes here, and not through the ring. */
  void takeSlowPath() {
    rings.revoke();
  }

  /** No job is accepted any more; the life of the pool says so, too. */
  void stop() {
    rings.revoke();
    holdsWithdrawn &= hasJobs();
    placesAreFree();
  }

  /** How many jobs were accepted, bulk calls not counted. */
  long jobs() {
    return rings.submitted() + submittedSlowly;
  }

  /** Takes every job for any worker out of the rings. */
  void drain(Consumer<JobFuture<J, R>> each) {
    rings.drain(each);
  }

  // Workers

  /** Takes some of the oldest jobs for any worker into a hand that is empty; returns how many. */
  int take(ClaimedJobs<J, R> claimed, int most) {
    int taken = rings.take(claimed, most);
    if (taken > 0) {
      claimed.took(taken);
    }
    return taken;
  }

  /** Whether a job for any worker can be taken. */
  boolean hasJobs() {
    return rings.hasItems();
  }

  /** Whether all jobs for any worker may have been started or have settled. */
  boolean mayHoldNothing() {
    return holdsWithdrawn || !hasJobs();
  }

  /** About how many jobs for any worker wait. */
  long depth() {
    return rings.depth();
  }
}
