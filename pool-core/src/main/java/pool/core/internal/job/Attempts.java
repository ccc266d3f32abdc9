package pool.core.internal.job;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of jobs that are run more than once: how many workers each has broken, and how
 * often it was put off. The first is bounded by {@code maxAttempts}, the second by {@code
 * maxRetries}.
 *
 * <p>Both are rare, so they are kept aside, in a map: while it is empty that costs no other job
 * anything, else a look into it at its end. A job is known by its future. Jobs are noted under the
 * pool's lock, by whose run they were; whoever settles one forgets it, with the lock or without.
 * Nothing is noted of a job that has settled, so nothing stays.
 */
public final class Attempts {

  /**
   * What is known of one job.
   *
   * @param cause what the last of the workers threw that it broke; null when it broke none
   */
  private record Noted(int broken, @Nullable Throwable cause, int retries) {
    static final Noted NOTHING = new Noted(0, null, 0);
  }

  private final int maxAttempts;
  private final int maxRetries;
  private final Map<Object, Noted> noted = new ConcurrentHashMap<>();

  public Attempts(int maxAttempts, int maxRetries) {
    this.maxAttempts = maxAttempts;
    this.maxRetries = maxRetries;
  }

  // Any thread:

  /** Whether a job may be run again that broke its worker. */
  public boolean mayBreakWorkers() {
    return maxAttempts > 1;
  }

  /** Whether anything is known of any job. */
  boolean hasAny() {
    return !noted.isEmpty();
  }

  /** Whether a job has broken a worker. */
  public boolean hasBroken(Object job) {
    return of(job).broken > 0;
  }

  /** How often a job was put off. */
  public int retries(Object job) {
    return of(job).retries;
  }

  private Noted of(Object job) {
    return hasAny() ? noted.getOrDefault(job, Noted.NOTHING) : Noted.NOTHING;
  }

  /**
   * Forgets a job, as it is over; what it fails with if it never ran to its end: the last cause,
   * which is the worker's own and stays as it is. Null when it broke nothing.
   */
  public @Nullable Throwable remove(Object job) {
    Noted ofJob = hasAny() ? noted.remove(job) : null;
    return ofJob == null ? null : ofJob.cause;
  }

  // Under the lock:

  /** A job has broken one more worker; whether it may be run again. */
  public boolean noteBroken(Object job, Throwable cause) {
    Noted before = of(job);
    noted.put(job, new Noted(before.broken + 1, cause, before.retries));
    return before.broken + 1 < maxAttempts;
  }

  /** A job is put off once more; whether it may be. */
  public boolean noteRetry(Object job) {
    Noted before = of(job);
    if (before.retries >= maxRetries) {
      return false;
    }
    noted.put(job, new Noted(before.broken, before.cause, before.retries + 1));
    return true;
  }
}
