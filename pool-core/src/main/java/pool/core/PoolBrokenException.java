package pool.core;

import org.jspecify.annotations.Nullable;

/**
 * Thrown to indicate that a waiting job failed because no worker was left that could do it, and
 * none could be opened. The cause says why.
 */
public final class PoolBrokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception with a message and a cause.
   *
   * @param message what is broken
   * @param cause why no worker could be opened; null if that is not known
   */
  public PoolBrokenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
