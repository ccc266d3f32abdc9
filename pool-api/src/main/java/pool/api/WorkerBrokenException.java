package pool.api;

/**
 * Thrown to indicate that a worker's resource is broken, as opposed to one job having failed.
 * {@link Worker#run}, {@link BatchWorker#runAll} and {@link Worker#ping} throw it; the pool then
 * closes the worker and opens another in its slot.
 */
public final class WorkerBrokenException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception with a message.
   *
   * @param message what is broken
   */
  public WorkerBrokenException(String message) {
    super(message);
  }

  /**
   * Constructs an exception with a message and a cause.
   *
   * @param message what is broken
   * @param cause the failure that showed it
   */
  public WorkerBrokenException(String message, Throwable cause) {
    super(message, cause);
  }
}
