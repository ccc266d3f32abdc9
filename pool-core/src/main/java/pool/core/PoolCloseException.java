package pool.core;

/**
 * Thrown by {@link WorkerPool#close} to indicate that the pool has closed, but not cleanly. The
 * {@link #report} says what happened. What {@code finish} and {@code close} of the workers threw is
 * suppressed in this exception.
 */
public final class PoolCloseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient CloseReport report;

  PoolCloseException(CloseReport report) {
    super(report.toString());
    this.report = report;
    report.closeFailures().forEach(failure -> addSuppressed(failure.cause()));
  }

  /**
   * Returns the report of the close.
   *
   * @return the report; null after deserialization
   */
  public CloseReport report() {
    return report;
  }
}
