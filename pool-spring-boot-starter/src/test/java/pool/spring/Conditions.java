package pool.spring;

import java.time.Duration;

/** Waits, with a bound, for what others do. */
final class Conditions {

  private static final Duration MOST = Duration.ofSeconds(30);

  private Conditions() {}

  static void await(Condition condition) throws Exception {
    long end = System.nanoTime() + MOST.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("still not so after " + MOST);
      }
      Thread.sleep(10);
    }
  }
}
