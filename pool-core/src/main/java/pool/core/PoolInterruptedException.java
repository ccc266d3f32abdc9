package pool.core;

/**
 * Thrown to indicate that the thread was interrupted while it waited for the pool. The thread's
 * interrupt flag is set.
 */
public final class PoolInterruptedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception for a wait that was interrupted. The code that throws it sets the
   * interrupt flag again.
   *
   * @param message what the thread waited for
   * @param cause the interrupt
   */
  public PoolInterruptedException(String message, InterruptedException cause) {
    super(message, cause);
  }
}
