package pool.core;

/** A job of a batch failed; the cause is what its worker threw. */
public final class JobFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Object job;

  /** The job's place in the batch, from 0. */
  private final long index;

  JobFailedException(Object job, long index, Throwable cause) {
    super("job %d of the batch failed: %s: %s".formatted(index, job, cause), cause);
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
   * The job's place in the batch.
   *
   * @return from 0
   */
  public long index() {
    return index;
  }
}
