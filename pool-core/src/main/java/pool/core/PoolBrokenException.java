package pool.core;

import org.jspecify.annotations.Nullable;

/** A waiting job failed because every worker broke and none could be opened; the cause says why. */
public final class PoolBrokenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Says what happened.
   *
   * @param message what is broken
   * @param cause why no worker could be opened; null when none has said
   */
  public PoolBrokenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
