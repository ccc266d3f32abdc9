package pool.core;

/** The thread was interrupted while it waited for the pool; its interrupt flag is kept. */
public final class PoolInterruptedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A wait was interrupted; whoever throws this sets the flag again.
   *
   * @param message what was waited for
   * @param cause the interrupt
   */
  public PoolInterruptedException(String message, InterruptedException cause) {
    super(message, cause);
  }
}
