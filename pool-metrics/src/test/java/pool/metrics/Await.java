package pool.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.BooleanSupplier;

/** Waits for what nobody tells a test of. */
final class Await {

  private Await() {}

  /** Until it holds; fails after 20 seconds, which a bare loop would not. */
  static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "not within 20 s: " + what);
      Thread.onSpinWait();
    }
  }
}
