package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what nobody tells a test of. */
public final class Await {

  private Await() {}

  /** Until it holds; fails after 20 seconds, which a bare loop would not. */
  public static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (!holds.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "not within 20 s: " + what);
      LockSupport.parkNanos(50_000); // leaves the processor to what it waits for
    }
  }
}
