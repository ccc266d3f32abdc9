package pool.core.internal.util;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Waits on a condition until something is so, or it is too late.
 *
 * <p>A deadline is a {@link System#nanoTime}, or {@link #NEVER}. The lock of the condition is held.
 */
public final class TimedWait {

  public static final long NEVER = Long.MAX_VALUE;

  private static final long SECOND_LOOK_NANOS = 1_000_000;

  private TimedWait() {}

  /** The moment when so much time has passed. */
  public static long deadline(Duration limit) {
    return System.nanoTime() + Nanos.of(limit);
  }

  /** How many nanoseconds are left; not positive when it is too late. */
  public static long left(long deadline) {
    return deadline == NEVER ? NEVER : deadline - System.nanoTime();
  }

  /** The earlier of two deadlines. */
  public static long earlier(long one, long other) {
    return left(one) <= left(other) ? one : other;
  }

  /**
   * When to look a second time, though no signal has come: after a millisecond. Whoever changes
   * what is waited for may read without a fence whether somebody waits, and so miss one who has
   * just begun to.
   */
  public static long secondLook(long deadline) {
    return earlier(System.nanoTime() + SECOND_LOOK_NANOS, deadline);
  }

  /** Waits until something is so; false when it is too late. */
  public static boolean until(BooleanSupplier isSo, PoolCondition signalled, long deadline)
      throws InterruptedException {
    while (!isSo.getAsBoolean()) {
      if (left(deadline) <= 0) {
        return false;
      }
      signalled.await(deadline);
    }
    return true;
  }

  /** As {@link #until}, but goes on when interrupted; whether it was. */
  public static boolean untilDespiteInterrupts(
      BooleanSupplier isSo, PoolCondition signalled, long deadline) {
    boolean interrupted = false;
    while (!isSo.getAsBoolean() && left(deadline) > 0) {
      try {
        signalled.await(deadline);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
