package pool.flink.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Waits for what another process does, which cannot open a latch here: asks until it is so, within
 * a bound.
 */
final class Eventually {

  private Eventually() {}

  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  static void await(Duration atMost, Condition condition, Supplier<String> otherwise)
      throws Exception {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + atMost + ": " + otherwise.get());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
