package pool.core;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import pool.api.internal.SafeText;

/**
 * One run of a worker: of a job, or of a batch of several.
 *
 * @param worker the worker's name
 * @param job the job; for a batch of several the unmodifiable list of its jobs
 * @param started when the run began
 * @param waited how long ago the job was submitted when the run began, earlier runs included; for a
 *     job of a bulk call, since the bulk call was
 * @param ran how long the run took
 * @param failure what it threw; what a batch worker has told of a job is not thrown
 * @param dropped whether the job had been settled before its run returned, by a cancellation, a
 *     time-out or a close, so that the run's result counts for nothing; of a batch, all its jobs
 * @param jobs how many jobs it was for, at least 1
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
   * A run of one job.
   *
   * @param worker the worker's name
   * @param job the job
   * @param started when the run began
   * @param waited how long ago the job was submitted
   * @param ran how long the run took
   * @param failure what it threw
   * @param dropped whether the job had been settled before
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
   * The job as it says itself, cut after 200 characters; its class if that fails.
   *
   * @return never null
   */
  public String jobText() {
    return SafeText.cut(job);
  }
}
