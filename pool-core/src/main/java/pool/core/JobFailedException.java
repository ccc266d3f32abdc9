package pool.core;

import pool.api.internal.SafeText;

/**
 * Thrown to indicate that a job for which a call waited has failed. The cause is what the worker
 * threw, a {@code TimeoutException} after {@code jobTimeout}, or a {@link PoolBrokenException} if
 * no worker could be opened for the job.
 */
public final class JobFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Object job;

  /** The job's index in the bulk call or stream, from 0; -1 outside of both. */
  private final long index;

  /**
   * Constructs an exception for a job that has failed.
   *
   * @param job the job
   * @param index the job's index in the bulk call or stream, from 0; -1 outside of both
   * @param cause why it failed
   */
  public JobFailedException(Object job, long index, Throwable cause) {
    super(message(job, index, cause), cause);
    this.job = job;
    this.index = index;
  }

  private static String message(Object job, long index, Throwable cause) {
    String which = index < 0 ? "job" : "job " + index;
    return "%s failed: %s: %s".formatted(which, SafeText.of(job), SafeText.of(cause));
  }

  /**
   * Returns the job that failed.
   *
   * @return the job; null after deserialization
   */
  public Object job() {
    return job;
  }

  /**
   * Returns the job's index in the bulk call or stream.
   *
   * @return the index, from 0; -1 for a job that was in neither
   */
  public long index() {
    return index;
  }
}
