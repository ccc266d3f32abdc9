package pool.core;

import java.util.concurrent.CountDownLatch;

/** What no interrupt ends. */
final class Stubborn {

  private Stubborn() {}

  static void await(CountDownLatch latch) {
    boolean isReleased = false;
    while (!isReleased) {
      try {
        latch.await();
        isReleased = true;
      } catch (InterruptedException e) {
        // it does not stop
      }
    }
  }
}
