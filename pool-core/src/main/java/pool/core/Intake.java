package pool.core;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes jobs in, never more than may wait.
 *
 * <p>The short way, for a job that any worker may do, is a place in the {@link Ring}, for a permit.
 * The long way is under the pool's lock: for a job of one slot, or when no permit is left. Then it
 * is counted how many jobs wait, and permits are granted for as many as may still come.
 *
 * <p><b>The bound.</b> At every moment, jobs that wait + permits ≤ capacity. A submit turns a
 * permit into a waiting job; permits are added only under the lock, only when there are none, and
 * then nobody else can submit, so that the number of waiting jobs can only fall while it is
 * counted.
 *
 * <p><b>Order.</b> Jobs of one submitter are taken in the order of its submits: the workers empty a
 * ring before they go to the next, and the ring before the overflow of the {@link JobQueue}; as
 * long as there is an overflow no permits are granted, so later jobs queue behind it.
 */
final class Intake<J, R> {

  private static final int FIRST_RING = 64;
  private static final int LARGEST_RING = 1 << 20;
  private static final int GROWTH = 4;

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Condition notFull;
  private final boolean even;
  private final int capacity;
  private final int largest;

  private volatile Ring<JobFuture<J, R>> ring; // for submitters; changed under the lock
  private volatile boolean holdsWithdrawn; // perhaps; changed under the lock
  private final AtomicReference<Ring<JobFuture<J, R>>> oldest; // for workers: not yet emptied

  // Under the lock:
  private long inOldRings; // jobs that were submitted to the rings before this one
  private long inQueues; // jobs that were submitted the long way

  Intake(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.notFull = lock.newCondition();
    this.even = core.settings.distribution() == Distribution.EVEN;
    this.capacity = core.settings.queueCapacity();
    this.largest = powerOfTwo(Math.min(capacity, LARGEST_RING));
    this.ring = new Ring<>(Math.min(FIRST_RING, largest));
    this.oldest = new AtomicReference<>(ring);
  }

  private static int powerOfTwo(int atLeast) {
    return Math.max(2, Integer.highestOneBit(2 * atLeast - 1));
  }

  // Submitters

  /** Accepts a job for any worker; when the queue is full, waits or refuses. */
  JobFuture<J, R> submit(J job) {
    JobFuture<J, R> future = new JobFuture<>(core.canceller, job);
    return offer(future) ? future : submitSlowly(future, null);
  }

  /** Accepts a job for the worker in one slot; when the queue is full, waits or refuses. */
  JobFuture<J, R> submit(J job, WorkerThread<J, R> worker) {
    return submitSlowly(new JobFuture<>(core.canceller, job), worker);
  }

  private boolean offer(JobFuture<J, R> future) {
    if (even || !ring.offer(future)) {
      return false;
    }
    core.sleepers.signal();
    return true;
  }

  private JobFuture<J, R> submitSlowly(JobFuture<J, R> future, @Nullable WorkerThread<J, R> keyed) {
    lock.lock();
    try {
      if (!accept(future, keyed)) {
        if (core.settings.whenFull() == WhenFull.REJECT) {
          throw new QueueFullException(
              "the queue of pool '%s' is full: %d jobs wait; raise queueCapacity, or wait with WhenFull.WAIT"
                  .formatted(core.settings.name(), capacity));
        }
        boolean _ = awaitAccepted(future, keyed, () -> false);
      }
      return future;
    } catch (InterruptedException e) {
      throw PoolInterruptedException.flagKept("a place in the queue", e);
    } finally {
      lock.unlock();
    }
  }

  /** Accepts a job for any worker; null when the queue is full. */
  @Nullable JobFuture<J, R> trySubmit(J job) {
    JobFuture<J, R> future = new JobFuture<>(core.canceller, job);
    if (offer(future)) {
      return future;
    }
    lock.lock();
    try {
      return accept(future, null) ? future : null;
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
    JobFuture<J, R> future = new JobFuture<>(core.canceller, job);
    if (offer(future)) {
      return future;
    }
    lock.lock();
    try {
      return awaitAccepted(future, null, better) ? future : null;
    } finally {
      lock.unlock();
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
  void tellPlaceIsFree() {
    lock.lock();
    try {
      placeIsFree();
    } finally {
      lock.unlock();
    }
  }

  // Under the lock:

  private boolean awaitAccepted(
      JobFuture<J, R> future, @Nullable WorkerThread<J, R> keyed, BooleanSupplier better)
      throws InterruptedException {
    core.dispatcher.submitterWaits(true);
    try {
      long left = Dispatcher.SECOND_LOOK_NANOS;
      while (!accept(future, keyed)) {
        if (better.getAsBoolean()) {
          notFull.signal(); // it may have been woken for a place that it leaves to others
          return false;
        }
        if (left > 0) {
          left = notFull.awaitNanos(left);
        } else {
          notFull.await();
        }
      }
      return true;
    } finally {
      core.dispatcher.submitterWaits(false);
    }
  }

  /** A job that waited has gone. */
  void placeIsFree() {
    notFull.signal();
  }

  /** A job that waited was withdrawn, here or aside. */
  void withdrew() {
    holdsWithdrawn = hasJobs();
    placeIsFree();
  }

  /** Everybody who waits for a place is to look again. */
  void placesAreFree() {
    notFull.signalAll();
  }

  private boolean accept(JobFuture<J, R> future, @Nullable WorkerThread<J, R> keyed) {
    requireOpen();
    if (keyed == null && !even && !core.queue.hasOverflow()) {
      return acceptIntoRing(future);
    }
    if (!ring.spend()) {
      long room = room();
      if (room <= 0) {
        return false;
      }
      grant(room - 1);
    }
    inQueues++;
    if (keyed == null && !even) {
      core.queue.overflow(future);
      core.sleepers.signal();
    } else {
      WorkerThread<J, R> worker = keyed == null ? core.workers.get(core.queue.deal()) : keyed;
      core.queue.add(future, worker);
      core.sleepers.wake(worker);
    }
    return true;
  }

  private boolean acceptIntoRing(JobFuture<J, R> future) {
    while (!offer(future)) { // the permits may be gone before it gets one
      long room = room();
      if (room <= 0) {
        return false;
      }
      if (grant(room) == 0) { // it is full of jobs that were withdrawn
        inQueues++;
        core.queue.overflow(future);
        core.sleepers.signal();
        return true;
      }
    }
    return true;
  }

  /** How many more jobs may come. There is no permit. */
  private long room() {
    return capacity - core.accounts.waitingJobs();
  }

  /** Grants permits for as many jobs, or as many as the ring has places for; says how many. */
  private int grant(long jobs) {
    if (core.queue.hasOverflow()) {
      return 0;
    }
    if (ring.free() <= ring.size() / GROWTH && ring.size() < largest) {
      Ring<JobFuture<J, R>> larger = new Ring<>(Math.min(GROWTH * ring.size(), largest));
      inOldRings += ring.tail();
      ring.succeededBy(larger);
      ring = larger;
    }
    int granted = (int) Math.min(Math.min(jobs, ring.free()), Ring.MOST_PERMITS);
    ring.grant(granted);
    return granted;
  }

  void requireOpen() {
    if (!core.life.acceptsJobs()) {
      throw core.poolClosed("no job is accepted");
    }
  }

  /** No job is accepted any more; the life of the pool says so, too. */
  void stop() {
    ring.revoke();
    placesAreFree();
  }

  /** How many jobs were accepted, batches not counted. */
  long jobs() {
    return inOldRings + ring.tail() + inQueues;
  }

  /** Takes every job out of the rings; waits for a submitter that is putting one in. */
  void drain(Consumer<JobFuture<J, R>> each) {
    for (Ring<JobFuture<J, R>> from = oldest.get(); from != null; from = from.next()) {
      for (int spins = 0; from.depth() > 0; spins++) {
        if (from.take((_, future) -> each.accept(future), Hand.SIZE) == 0) {
          Ring.pause(spins);
        }
      }
    }
  }

  // Workers

  /** Takes some of the oldest jobs for any worker into a hand that is empty; returns how many. */
  int take(Hand<J, R> hand, int most) {
    while (true) {
      Ring<JobFuture<J, R>> from = oldest.get();
      int taken = from.take(hand, most);
      if (taken > 0) {
        hand.took(taken);
        return taken;
      }
      Ring<JobFuture<J, R>> next = from.next();
      if (next == null || from.depth() > 0) {
        return 0;
      }
      oldest.compareAndSet(from, next);
    }
  }

  /** Whether a job for any worker can be taken. */
  boolean hasJobs() {
    Ring<JobFuture<J, R>> from = oldest.get();
    while (!from.hasItems()) {
      Ring<JobFuture<J, R>> next = from.next();
      if (next == null || from.depth() > 0) {
        return false;
      }
      from = next;
    }
    return true;
  }

  /** Whether all jobs for any worker may have been started or have settled. */
  boolean mayHoldNothing() {
    return holdsWithdrawn || !hasJobs();
  }

  /** About how many jobs for any worker wait. */
  long depth() {
    return oldest.get().depth();
  }
}
