package pool.api;

/**
 * Says that a worker's resource is broken, as opposed to one job having failed. Thrown by {@link
 * Worker#run} and {@link Worker#ping}; the pool then closes the worker and opens another in its
 * slot.
 */
public final class WorkerBrokenException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * A broken resource.
   *
   * @param message what broke
   */
  public WorkerBrokenException(String message) {
    super(message);
  }

  /**
   * A broken resource and how that was noticed.
   *
   * @param message what broke
   * @param cause how it was noticed
   */
  public WorkerBrokenException(String message, Throwable cause) {
    super(message, cause);
  }
}
