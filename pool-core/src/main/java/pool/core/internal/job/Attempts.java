package pool.core.internal.job;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What broke the workers that ran a job: a job that breaks its worker may be run again, each time
 * by another worker, until it ends or has broken as many as {@code maxAttempts} says.
 *
 * <p>That is rare, so it is kept aside, in a map, and costs no other job anything. A job is a
 * future or a place of a bulk call. All is under the pool's lock; only {@link #hasAny} is not.
 */
public final class Attempts {

  private static final class Broken {
    int workers;
    Throwable cause; // of the last

    Broken(Throwable cause) {
      this.cause = cause;
    }
  }

  private final int most;
  private final Map<Object, Broken> broken = new HashMap<>(); // by the job that has
  private volatile boolean hasAny;

  public Attempts(int most) {
    this.most = most;
  }

  /** Whether jobs may be run more than once. Any thread. */
  public boolean areAllowed() {
    return most > 1;
  }

  /** Whether a job may have broken a worker: set before such a job waits again. Any thread. */
  public boolean hasAny() {
    return hasAny;
  }

  /** One more worker broke; whether the job may be run again. */
  public boolean note(Object job, Throwable cause) {
    Broken byJob = broken.computeIfAbsent(job, _ -> new Broken(cause));
    byJob.workers++;
    byJob.cause = cause;
    hasAny = true;
    return byJob.workers < most;
  }

  /** Whether a job has broken a worker. */
  public boolean holds(Object job) {
    return hasAny && broken.containsKey(job);
  }

  /** Forgets what some jobs broke. */
  public void removeIf(Predicate<Object> isMeant) {
    broken.keySet().removeIf(isMeant);
    hasAny = !broken.isEmpty();
  }

  /**
   * Forgets, without throwing, what a job broke, as it is over; what it fails with, if it fails:
   * the last cause, which is the worker's own and stays as it is. Null when it broke nothing.
   */
  public @Nullable Throwable remove(Object job) {
    if (broken.isEmpty()) {
      return null;
    }
    Broken byJob = broken.remove(job);
    hasAny = !broken.isEmpty();
    return byJob == null ? null : byJob.cause;
  }
}
