package pool.core.internal.job;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.core.internal.util.Suppressed;

/**
 * What broke the workers that ran a job: a job that breaks its worker may be run again, each time
 * by another worker, until it ends or has broken as many as {@code maxAttempts} says.
 *
 * <p>That is rare, so it is kept aside, in a map, and costs no other job anything. A job is a
 * future or a place of a bulk call. All is under the pool's lock; only {@link #hasAny} is not.
 */
public final class Attempts {

  private final int most;
  private final Map<Object, List<Throwable>> causes = new HashMap<>();
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
    List<Throwable> ofJob = causes.get(job);
    if (ofJob == null) {
      ofJob = new ArrayList<>(List.of(cause));
      causes.put(job, ofJob);
    } else {
      ofJob.add(cause);
    }
    hasAny = true;
    return ofJob.size() < most;
  }

  /** Whether a job has broken a worker. */
  public boolean holds(Object job) {
    return hasAny && causes.containsKey(job);
  }

  /** Forgets what some jobs broke. */
  public void removeIf(Predicate<Object> isMeant) {
    causes.keySet().removeIf(isMeant);
    hasAny = !causes.isEmpty();
  }

  /**
   * Forgets, without throwing, what a job broke, as it is over; what it fails with, if it fails:
   * the last cause, in which those before are suppressed. Null when it broke nothing.
   */
  public @Nullable Throwable remove(Object job) {
    if (causes.isEmpty()) {
      return null;
    }
    List<Throwable> ofJob = causes.remove(job);
    hasAny = !causes.isEmpty();
    if (ofJob == null) {
      return null;
    }
    Throwable last = ofJob.getLast();
    for (int i = 0; i < ofJob.size() - 1; i++) {
      Suppressed.add(last, ofJob.get(i));
    }
    return last;
  }
}
