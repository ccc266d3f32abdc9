package pool.core;

/**
 * A job failed that a call waited for; the cause is what its worker threw, or a {@code
 * TimeoutException}.
 */
public final class JobFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Object job;

  /** The job's index in the bulk call or stream, from 0; -1 outside of one. */
  private final long index;

  /**
   * Says what happened.
   *
   * @param job the job
   * @param index its index in the bulk call or the stream; -1 outside
   * @param cause why it failed
   */
  public JobFailedException(Object job, long index, Throwable cause) {
    super("%s failed: %s: %s".formatted(index < 0 ? "job" : "job " + index, job, cause), cause);
    this.job = job;
    this.index = index;
  }

  /**
   * The job that failed.
   *
   * @return the job; null after deserialization
   */
  public Object job() {
    return job;
  }

  /**
   * The job's index in the bulk call or the stream.
   *
   * @return from 0; -1 for a job that was in neither
   */
  public long index() {
    return index;
  }
}
