package pool.core;

import org.jspecify.annotations.Nullable;

/**
 * Thrown to indicate that a pool could not be opened, because one of its workers could not. The
 * pool has closed the workers that had opened.
 *
 * <p>The cause is what the worker threw. What other workers had thrown by then, and what the open
 * ones threw when they were closed, are suppressed exceptions.
 */
public final class OpenFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception with a message and a cause.
   *
   * @param message which pool could not be opened, and why
   * @param cause why the worker could not be opened; null if the pool was closed meanwhile
   */
  public OpenFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
