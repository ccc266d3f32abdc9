package pool.core.internal.bulk;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pool.core.Outcome;
import pool.core.internal.job.PlaceFuture;

/**
 * What came of the jobs of a bulk call, by index: outcomes or, if the call stops at the first
 * failure, results and that failure.
 *
 * <p>A worker writes a success before it ends the position, without the lock. All else is written
 * under the lock. What is written after a job has settled throws nothing, so its outcome is made
 * before. The owner reads when every job has settled.
 */
public final class BulkOutcomes<J, R> {

  /** In the place of outcomes that nobody has asked for yet: not started, or failed with that. */
  public record Unstarted(@Nullable Throwable cause) {}

  private final Object[] jobs;
  private final @Nullable Object[] results; // or outcomes
  private final boolean stopsAtFailure; // and keeps results

  // Under the lock:
  private int failedIndex = -1; // the first in time
  private @Nullable Throwable failure;
  private @Nullable Throwable brokenBy;
  private int notDone = -1; // one of them
  private boolean holdsUnstarted;
  private final Map<Integer, Optional<Throwable>> settledRuns =
      new HashMap<>(); // beside the results, which a run that has lost may still write

  BulkOutcomes(Object[] jobs, boolean stopsAtFailure) {
    this.jobs = jobs;
    this.results = new Object[jobs.length];
    this.stopsAtFailure = stopsAtFailure;
  }

  @SuppressWarnings("unchecked")
  J job(int index) {
    return (J) jobs[index];
  }

  // The worker

  void succeeded(int index, @Nullable R result) {
    results[index] = success(index, result);
  }

  private @Nullable Object success(int index, @Nullable R result) {
    return stopsAtFailure ? result : new Outcome.Succeeded<>(job(index), result);
  }

  // Under the lock:

  /** Only the first counts. */
  void noteFailure(int index, Throwable cause) {
    if (failedIndex < 0) {
      failedIndex = index;
      failure = cause;
    }
  }

  private void keep(int index, Object outcome) {
    if (stopsAtFailure) {
      notDone = index;
    } else {
      results[index] = outcome;
    }
  }

  /** A job was never started, and will not be. */
  void unstarted(int index, Unstarted outcome) {
    holdsUnstarted = true;
    brokenBy = outcome.cause;
    keep(index, outcome);
  }

  /**
   * A run is about to be settled before it returns: as failed, or as cancelled without a cause. May
   * throw.
   */
  void noteSettledRun(Integer index, Optional<Throwable> cause) {
    settledRuns.put(index, cause);
  }

  /** It was not: it had ended. */
  void forgetSettledRun(Integer index) {
    settledRuns.remove(index);
  }

  /** What is to be kept of a job that was taken out and has settled. */
  @Nullable Object outcome(PlaceFuture<J, R> place, @Nullable R result, @Nullable Throwable cause) {
    J job = job(place.index());
    return switch (place.howSettled()) {
      case SUCCEEDED -> success(place.index(), result);
      case FAILED, TIMED_OUT -> new Outcome.Failed<J, R>(job, Objects.requireNonNull(cause));
      case NOT_STARTED -> new Outcome.NotStarted<J, R>(job);
      case CANCELLED, WAITING, DELAYED, RUNNING -> new Outcome.Cancelled<J, R>(job);
    };
  }

  /** Keeps that. */
  void placeSettled(PlaceFuture<J, R> place, @Nullable Object outcome, @Nullable Throwable cause) {
    int index = place.index();
    switch (place.howSettled()) {
      case SUCCEEDED -> results[index] = outcome;
      case FAILED, TIMED_OUT -> {
        Throwable failed = Objects.requireNonNull(cause);
        if (place.wasNeverServed(failed)) {
          brokenBy = failed;
        } else {
          noteFailure(index, failed);
        }
        keep(index, Objects.requireNonNull(outcome));
      }
      default -> keep(index, Objects.requireNonNull(outcome));
    }
  }

  /** Whether a failure has ended the call: the rest is not to be started, and to be stopped. */
  boolean stopsNow() {
    return stopsAtFailure && failedIndex >= 0;
  }

  // The owner, when all has settled:

  /** The index of the first failure in time; -1 when there was none. */
  public int failedIndex() {
    return failedIndex;
  }

  /** The first failure in time. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** The index of a job that was not started, or was cancelled; -1 when there is none. */
  public int notDone() {
    return settledRuns.isEmpty() ? notDone : settledRuns.keySet().iterator().next();
  }

  /** Why some were never started: no worker could be opened. */
  public @Nullable Throwable brokenBy() {
    return brokenBy;
  }

  /**
   * The results, or the outcomes, in order. A job that settled while it ran is put in at the end,
   * in a copy: its run may be about to write a result that nobody wants.
   */
  public @Nullable Object[] inOrder() {
    if (!holdsUnstarted && settledRuns.isEmpty()) {
      return results;
    }
    @Nullable Object[] outcomes = results.clone();
    for (int index = 0; index < outcomes.length; index++) {
      if (outcomes[index] instanceof Unstarted(var cause)) {
        outcomes[index] =
            cause == null
                ? new Outcome.NotStarted<J, R>(job(index))
                : new Outcome.Failed<J, R>(job(index), cause);
      }
    }
    settledRuns.forEach((index, cause) ->
        outcomes[index] =
            cause.isPresent()
                ? new Outcome.Failed<J, R>(job(index), cause.get())
                : new Outcome.Cancelled<J, R>(job(index)));
    return outcomes;
  }
}
