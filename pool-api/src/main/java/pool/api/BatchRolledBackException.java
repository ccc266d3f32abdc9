package pool.api;

import java.util.Objects;

/**
 * Thrown by {@link BatchWorker#runAll} to indicate that the batch was rolled back: nothing was done
 * of those of its jobs on which the worker has not reported.
 *
 * <p>The same worker then runs each of these jobs alone, at once and in order. If the exception is
 * thrown for one job alone, that job fails with the cause.
 */
public final class BatchRolledBackException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception for a batch that was rolled back.
   *
   * @param cause why the batch was rolled back, not null
   * @throws NullPointerException if the cause is null
   */
  public BatchRolledBackException(Throwable cause) {
    super("the batch was rolled back", Objects.requireNonNull(cause, "cause"));
  }

  /** Returns the cause, or this exception if the cause is not an {@link Exception}. */
  Exception reason() {
    return getCause() instanceof Exception e ? e : this;
  }
}
