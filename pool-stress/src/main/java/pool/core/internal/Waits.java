package pool.core.internal;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import pool.core.internal.queue.Ring;

/** Waits for what another actor does, not for ever: it may have failed. */
final class Waits {

  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int SPINS_PER_LOOK_AT_CLOCK = 1_000;

  private Waits() {}

  /** Waits until something is so; throws when it does not come. */
  static void until(BooleanSupplier isSo) {
    long start = System.nanoTime();
    for (int spins = 1; !isSo.getAsBoolean(); spins++) {
      Ring.pause(spins);
      if (spins % SPINS_PER_LOOK_AT_CLOCK == 0 && System.nanoTime() - start > MOST_NANOS) {
        throw new AssertionError("waited in vain");
      }
    }
  }
}
