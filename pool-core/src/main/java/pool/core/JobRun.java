package pool.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import pool.api.internal.SafeText;

/**
 * Describes one run of a worker: of a job, or of a batch of several jobs. A {@link
 * PoolListener#jobRan listener} receives it.
 *
 * @param worker the name of the worker
 * @param job the job; for a batch of several jobs, the unmodifiable list of them
 * @param started when the run began
 * @param waited the time from the submit of the job, or of its bulk call, to the beginning of this
 *     run; it includes earlier runs
 * @param ran how long the run took
 * @param failure what the run threw; empty if it returned. What a batch worker has reported for a
 *     job is not thrown
 * @param dropped whether the job had been settled before its run returned, by a cancellation, a
 *     time-out or a close, so that the result of the run counts for nothing; for a batch, whether
 *     all its jobs had
 * @param jobs the number of jobs, at least 1
 */
public record JobRun(
    String worker,
    Object job,
    Instant started,
    Duration waited,
    Duration ran,
    Optional<Throwable> failure,
    boolean dropped,
    int jobs) {

  /**
   * Constructs a run of one job.
   *
   * @param worker the name of the worker
   * @param job the job
   * @param started when the run began
   * @param waited the time from the submit of the job to the beginning of the run
   * @param ran how long the run took
   * @param failure what the run threw; empty if it returned
   * @param dropped whether the job had been settled before its run returned
   */
  public JobRun(
      String worker,
      Object job,
      Instant started,
      Duration waited,
      Duration ran,
      Optional<Throwable> failure,
      boolean dropped) {
    this(worker, job, started, waited, ran, failure, dropped, 1);
  }

  /**
   * Returns what the job's {@code toString} returns, cut after 200 characters and with credentials
   * in URLs hidden; the name of the job's class if {@code toString} fails.
   *
   * @return the text, never null
   */
  public String jobText() {
    return SafeText.cut(job);
  }
}
