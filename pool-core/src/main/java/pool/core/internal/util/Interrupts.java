package pool.core.internal.util;

import pool.core.PoolInterruptedException;

/** What becomes of a thread's interrupt flag. */
public final class Interrupts {

  private Interrupts() {}

  /** The flag that a job, a callback or somebody outside left set must not reach the next job. */
  public static void clear() {
    boolean _ = Thread.interrupted();
  }

  /** Sets the flag again if it was consumed. */
  public static void restoreIf(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a wait of the caller throws that was interrupted; the flag stays set. */
  public static PoolInterruptedException flagKept(String waitedFor, InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new PoolInterruptedException("interrupted while waiting for " + waitedFor, cause);
  }
}
