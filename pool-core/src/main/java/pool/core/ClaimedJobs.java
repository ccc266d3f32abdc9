package pool.core;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a worker holds: the job that it runs, and the few that it took from the ring with it.
 *
 * <p>Only its worker puts jobs in. Those that it has not started can be started by others as well:
 * a job belongs to whoever wins the compare-and-set of its own state, and a hand is just where to
 * look for it. So a worker shares nothing with the others as it goes through its hand, and no job
 * waits behind a long one while a worker is free.
 *
 * <p>A job is put into the hand of who wants to start it before it is started, and stays there
 * until its run and what was chained to it have returned. Whoever looks through all hands after the
 * pool was stopped therefore meets it, unless its worker comes to see that the pool was stopped.
 */
final class ClaimedJobs<J, R> implements Ring.Taker<JobFuture<J, R>> {

  /** The most jobs that are taken together. */
  static final int MOST = 256;

  private static final int PAD = 16; // what is written for each job shares no cache line
  private static final int SINGLE = PAD; // the place of a job that came another way
  private static final int FIRST = PAD + 1;

  // The cursors:
  private static final int END = PAD; // of those that were taken and not all started; else FIRST
  private static final int NEXT = PAD + 1; // this and the next are the worker's own
  private static final int CURRENT = PAD + 2;

  private final int slot;
  private final AtomicReferenceArray<@Nullable JobFuture<J, R>> places;
  private final AtomicIntegerArray cursors = new AtomicIntegerArray(CURRENT + 1 + PAD);

  /** A hand for so many jobs at a time. */
  ClaimedJobs(int slot, int size) {
    this.slot = slot;
    this.places = new AtomicReferenceArray<>(FIRST + size + PAD);
    cursors.setPlain(END, FIRST);
    cursors.setPlain(NEXT, FIRST);
    cursors.setPlain(CURRENT, SINGLE);
  }

  // The worker:

  @Override
  public void put(int i, JobFuture<J, R> future) {
    places.setRelease(FIRST + i, future);
  }

  /** So many were put in. A volatile write: what the worker reads next comes after. */
  void took(int count) {
    cursors.setPlain(NEXT, FIRST);
    cursors.set(END, FIRST + count);
  }

  /** Whether jobs that were taken may not have been started. */
  boolean hasMore() {
    return cursors.getPlain(NEXT) < cursors.getPlain(END);
  }

  /** Starts the next of the jobs that were taken; null when none is left. */
  @Nullable JobFuture<J, R> startNext() {
    int end = cursors.getPlain(END);
    for (int place = cursors.getPlain(NEXT); place < end; place++) {
      cursors.setPlain(NEXT, place + 1);
      JobFuture<J, R> future = places.getPlain(place);
      if (future != null && future.start(slot)) {
        cursors.setPlain(CURRENT, place);
        return future;
      }
      places.setOpaque(place, null); // withdrawn, or started by another worker
    }
    if (end > FIRST) {
      cursors.setPlain(NEXT, FIRST);
      cursors.set(END, FIRST);
    }
    return null;
  }

  /** Starts a job that came another way; false when it was withdrawn. */
  boolean start(JobFuture<J, R> future) {
    places.setRelease(SINGLE, future);
    cursors.setPlain(CURRENT, SINGLE);
    if (future.start(slot)) {
      return true;
    }
    done();
    return false;
  }

  /** Starts the oldest job that another worker has taken and not started; null if there is none. */
  @Nullable JobFuture<J, R> startFrom(ClaimedJobs<J, R> other) {
    for (int place = FIRST; place < other.end(); place++) {
      JobFuture<J, R> future = other.places.getAcquire(place);
      if (future != null && future.isWaiting() && start(future)) {
        other.places.compareAndSet(place, future, null);
        return future;
      }
    }
    return null;
  }

  /** Lets go of the job that it ran. */
  void done() {
    places.setRelease(cursors.getPlain(CURRENT), null);
  }

  // Any thread:

  private int end() {
    return cursors.get(END);
  }

  /** Whether it holds a job that another worker can start. */
  boolean hasWaiting() {
    for (int place = FIRST; place < end(); place++) {
      JobFuture<J, R> future = places.get(place);
      if (future != null && future.isWaiting()) {
        return true;
      }
    }
    return false;
  }

  /** The job that its worker has started, though it may have settled; null when there is none. */
  @Nullable JobFuture<J, R> current() {
    for (int place = FIRST; place < end(); place++) {
      JobFuture<J, R> future = places.get(place);
      if (future != null && future.wasStartedBy(slot)) {
        return future;
      }
    }
    JobFuture<J, R> single = places.get(SINGLE);
    return single != null && single.wasStartedBy(slot) ? single : null;
  }

  /** What it holds and nobody has started, as far as it can be seen. */
  void waiting(Consumer<JobFuture<J, R>> each) {
    for (int place = FIRST; place < end(); place++) {
      JobFuture<J, R> future = places.get(place);
      if (future != null && future.isWaiting()) {
        each.accept(future);
      }
    }
  }
}
