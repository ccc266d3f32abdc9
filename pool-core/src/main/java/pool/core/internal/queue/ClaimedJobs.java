package pool.core.internal.queue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.core.internal.job.JobFuture;

/**
 * What a worker holds: the job that it runs, and the few that it has taken from the ring with it.
 *
 * <p>Only its worker puts jobs in. Those that it has not started can be started by others as well:
 * a job belongs to whoever wins the compare-and-set of its own state, and this is just where to
 * look for it. So a worker shares nothing with the others as it goes through what it has claimed,
 * and no job waits behind a long one while a worker is free.
 *
 * <p>A job is made the current one of whoever wants to start it before it is started, and stays so
 * until its run and what was chained to it have returned. Whoever looks through the claims of all
 * workers after the pool was stopped therefore meets it, unless its worker comes to see that the
 * pool was stopped. Jobs of a batch are started under the pool's lock, and shown by the batch.
 */
public final class ClaimedJobs<J, R> implements Ring.Taker<JobFuture<J, R>> {

  /** The most jobs that are taken together. */
  public static final int MOST = 256;

  private static final int PAD = 16; // what is written for each job shares no cache line
  private static final int CURRENT = PAD;
  private static final int FIRST = PAD + 1;

  // The cursors:
  private static final int END = PAD; // of those that were taken and not all started; else FIRST
  private static final int NEXT = PAD + 1; // the worker's own

  private final int slot;
  private final AtomicReferenceArray<@Nullable JobFuture<J, R>> jobs;
  private final AtomicIntegerArray cursors = new AtomicIntegerArray(NEXT + 1 + PAD);

  /** Room for so many jobs at a time. */
  public ClaimedJobs(int slot, int size) {
    this.slot = slot;
    this.jobs = new AtomicReferenceArray<>(FIRST + size + PAD);
    cursors.setPlain(END, FIRST);
    cursors.setPlain(NEXT, FIRST);
  }

  // The worker:

  @Override
  public void put(int i, JobFuture<J, R> future) {
    jobs.setRelease(FIRST + i, future);
  }

  /** So many were put in. A volatile write: what the worker reads next comes after. */
  public void took(int count) {
    cursors.setPlain(NEXT, FIRST);
    cursors.set(END, FIRST + count);
  }

  /** How many may be taken at a time. */
  public int size() {
    return jobs.length() - FIRST - PAD;
  }

  /** Whether jobs that were taken may not have been started. */
  public boolean hasMore() {
    return cursors.getPlain(NEXT) < cursors.getPlain(END);
  }

  /**
   * Starts the next of the jobs that were taken, if it is as it should be; null when it is not, or
   * none is left.
   */
  public @Nullable JobFuture<J, R> startNext(Predicate<JobFuture<J, R>> isMeant) {
    for (int place = cursors.getPlain(NEXT); place < cursors.getPlain(END); place++) {
      JobFuture<J, R> future = jobs.getPlain(place);
      boolean mayStart = future != null && future.isWaiting();
      if (mayStart && !isMeant.test(future)) {
        return null;
      }
      cursors.setPlain(NEXT, place + 1);
      boolean started = mayStart && start(future);
      jobs.setOpaque(place, null);
      if (started) {
        return future;
      }
    }
    return startNext(); // there is none
  }

  /** About how many jobs that were taken have not been started. */
  public int remaining() {
    return cursors.getPlain(END) - cursors.getPlain(NEXT);
  }

  /** Starts the next of the jobs that were taken; null when none is left. */
  public @Nullable JobFuture<J, R> startNext() {
    int end = cursors.getPlain(END);
    for (int place = cursors.getPlain(NEXT); place < end; place++) {
      cursors.setPlain(NEXT, place + 1);
      JobFuture<J, R> future = jobs.getPlain(place);
      boolean started = future != null && start(future); // else it has settled, or another has it
      jobs.setOpaque(place, null);
      if (started) {
        return future;
      }
    }
    if (end > FIRST) {
      cursors.setPlain(NEXT, FIRST);
      cursors.set(END, FIRST);
    }
    return null;
  }

  /** Its worker holds a job that was started elsewhere. Under the lock, which whoever looks has. */
  public void hold(JobFuture<J, R> started) {
    jobs.setRelease(CURRENT, started);
  }

  /** Starts a job; false when it has settled, or another worker has started it. */
  public boolean start(JobFuture<J, R> future) {
    jobs.setRelease(CURRENT, future);
    if (future.start(slot)) {
      return true;
    }
    done();
    return false;
  }

  /** Starts the oldest job that another worker has taken and not started; null if there is none. */
  public @Nullable JobFuture<J, R> startFrom(ClaimedJobs<J, R> other) {
    for (int place = FIRST; place < other.end(); place++) {
      JobFuture<J, R> future = other.jobs.getAcquire(place);
      if (future != null && future.isWaiting() && start(future)) {
        other.jobs.compareAndSet(place, future, null);
        return future;
      }
    }
    return null;
  }

  /** Gives what was taken and not started to another, and keeps none. */
  public void giveTo(Consumer<JobFuture<J, R>> other) {
    for (int place = cursors.getPlain(NEXT); place < cursors.getPlain(END); place++) {
      JobFuture<J, R> future = jobs.getPlain(place);
      if (future != null && future.isWaiting()) {
        other.accept(future); // before it is let go of here, since this may throw
      }
      jobs.setOpaque(place, null);
    }
    took(0);
  }

  /** Takes over, as the successor of an abandoned worker, what that had not started. */
  public void takeOver(ClaimedJobs<J, R> from) {
    AtomicInteger count = new AtomicInteger();
    from.waiting(future -> put(count.getAndIncrement(), future));
    took(count.get());
  }

  /** Lets go of the job that it ran. */
  public void done() {
    jobs.setRelease(CURRENT, null);
  }

  // Any thread:

  private int end() {
    return cursors.get(END);
  }

  /** Whether it holds a job that another worker can start. */
  public boolean hasWaiting() {
    for (int place = FIRST; place < end(); place++) {
      JobFuture<J, R> future = jobs.get(place);
      if (future != null && future.isWaiting()) {
        return true;
      }
    }
    return false;
  }

  /** The job that its worker has started, though it may have settled; null when there is none. */
  public @Nullable JobFuture<J, R> current() {
    JobFuture<J, R> current = jobs.get(CURRENT);
    return current != null && current.wasStartedBy(slot) ? current : null;
  }

  /** What it holds and nobody has started, as far as it can be seen. */
  public void waiting(Consumer<JobFuture<J, R>> each) {
    for (int place = FIRST; place < end(); place++) {
      JobFuture<J, R> future = jobs.get(place);
      if (future != null && future.isWaiting()) {
        each.accept(future);
      }
    }
  }
}
