package pool.api;

import java.util.Objects;

/**
 * Says that nothing was done of those jobs of a batch that were not told: their transaction was
 * rolled back. Thrown by {@link BatchWorker#runAll}; the pool then runs each of them alone, by the
 * same worker, at once and in order. Thrown for one job alone, it fails that job with the cause.
 */
public final class BatchRolledBackException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * A batch that was rolled back.
   *
   * @param cause why
   */
  public BatchRolledBackException(Throwable cause) {
    super("the batch was rolled back", Objects.requireNonNull(cause, "cause"));
  }

  /** The cause, or this when it is no exception. */
  Exception reason() {
    return getCause() instanceof Exception e ? e : this;
  }
}
