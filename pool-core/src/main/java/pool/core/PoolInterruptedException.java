package pool.core;

/** The thread was interrupted while it waited for the pool; its interrupt flag is kept. */
public final class PoolInterruptedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private PoolInterruptedException(String message, InterruptedException cause) {
    super(message, cause);
  }

  /** Sets the flag again, which the cause had cleared. */
  static PoolInterruptedException flagKept(String waitedFor, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new PoolInterruptedException("interrupted while waiting for " + waitedFor, cause);
  }
}
