package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
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

  /** Whether a thread waits, with a time-out or without. */
  static boolean isWaiting(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        || thread.getState() == Thread.State.TIMED_WAITING;
  }

  /** Until no thread of a pool is left. */
  public static void noThreadOf(String pool) throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(pool + "-")) {
        assertTrue(thread.join(Duration.ofSeconds(5)), thread + " is still alive");
      }
    }
  }
}
