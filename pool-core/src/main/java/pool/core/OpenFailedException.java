package pool.core;

import org.jspecify.annotations.Nullable;

/**
 * A pool could not be opened, because a worker could not; those that had opened are closed again.
 * The cause is what the worker threw; failures of other workers are suppressed in this.
 */
public final class OpenFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Says what happened.
   *
   * @param message which pool, and why
   * @param cause why; null when the pool was closed meanwhile
   */
  public OpenFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
