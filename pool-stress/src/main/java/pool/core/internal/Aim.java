package pool.core.internal;

import java.util.concurrent.ThreadLocalRandom;

/**
 * When to act so as to meet a short moment of another actor, which comes about as long after the
 * start of each round: later when the last try was too early, earlier when it was too late. Used by
 * one thread.
 */
final class Aim {

  private static final int STEP = 8;

  private int spins;

  void delay() {
    int jitter = ThreadLocalRandom.current().nextInt(STEP);
    for (int i = -jitter; i < spins; i++) {
      Thread.onSpinWait();
    }
  }

  void wasLate(boolean late) {
    spins = Math.max(0, spins + (late ? -STEP : STEP));
  }
}
