package pool.core.internal.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pool.core.internal.job.JobFuture;
import pool.core.internal.util.Deques;

/**
 * The jobs that wait for one slot alone: keyed, or dealt evenly. First in, first out.
 *
 * <p>Everything is under the pool's lock; {@link #mayHaveWork} may be asked without.
 */
public final class SlotQueue<J, R> {

  private @Nullable Deque<JobFuture<J, R>> jobs; // made when first needed
  private @Nullable JobFuture<J, R> lastStarted;
  private @Nullable Parker parker; // of the slot's worker; null while the slot stays empty
  private volatile boolean mayHaveWork; // or had when it was last looked at

  /** Whether something may wait for this slot alone. Any thread. */
  public boolean mayHaveWork() {
    return mayHaveWork;
  }

  /** Something waits for this slot alone, perhaps elsewhere: a place of a bulk call. */
  public void markWork() {
    mayHaveWork = true;
  }

  /** Its worker has found nothing, here or elsewhere. */
  public void markNoWork() {
    mayHaveWork = jobs != null && !jobs.isEmpty();
  }

  /** A worker lives in the slot from now on. */
  public void filledBy(Parker itsParker) {
    parker = itsParker;
  }

  /** Nobody lives in the slot, unless it is filled again. */
  public void staysEmpty() {
    parker = null;
  }

  public boolean isEmptySlot() {
    return parker == null;
  }

  public void wake(IdleWorkers idleWorkers) {
    if (parker != null) {
      idleWorkers.wake(parker);
    }
  }

  void add(JobFuture<J, R> future) {
    Deques.addLast(jobs(), future);
    mayHaveWork = true;
  }

  Deque<JobFuture<J, R>> jobs() {
    if (jobs == null) {
      jobs = new ArrayDeque<>(4);
    }
    return jobs;
  }

  /** Starts the next job; null when none is left. */
  public @Nullable JobFuture<J, R> startNext(ClaimedJobs<J, R> claimed) {
    lastStarted = null;
    JobFuture<J, R> future;
    while (jobs != null && (future = jobs.poll()) != null) {
      if (claimed.start(future)) {
        lastStarted = future;
        return future;
      }
    }
    return null;
  }

  /** Whether the job that the slot has started last came from here, and is that one. */
  boolean startedLast(JobFuture<J, R> future) {
    return lastStarted == future;
  }

  /** Whether a job waits here. */
  public boolean holds(JobFuture<J, R> future) {
    return jobs != null && jobs.contains(future);
  }

  void removeSettled() {
    if (jobs != null) {
      jobs.removeIf(future -> !future.isWaiting());
    }
  }

  /** Takes out up to so many jobs, as {@link JobQueue#drain} does; returns how many. */
  public int drain(Consumer<JobFuture<J, R>> each, int most) {
    int drained = 0;
    JobFuture<J, R> next;
    while (drained < most && jobs != null && (next = jobs.poll()) != null) {
      each.accept(next);
      drained++;
    }
    return drained;
  }
}
