package pool.core;

/**
 * A pool closed, but not cleanly; {@link #report} says what happened. What {@code finish} and
 * {@code close} threw is suppressed in this.
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
   * What happened.
   *
   * @return the report; null after deserialization
   */
  public CloseReport report() {
    return report;
  }
}
