package pool.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import pool.api.WorkerContext;

/** Workers that share a thread which stays, and have each one that ends some time after them. */
class SharedThreadContractTest extends SoundContract {

  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread shared = Thread.ofPlatform().daemon().unstarted(() -> await(end));

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Long enough to be seen. */
  private static void endLate(CountDownLatch closed) {
    await(closed);
    LockSupport.parkNanos(100_000_000);
  }

  @AfterEach
  void endShared() throws Exception {
    end.countDown();
    shared.join();
  }

  @Override
  Sound open(WorkerContext context) {
    synchronized (shared) {
      if (shared.getState() == Thread.State.NEW) {
        shared.start();
      }
    }
    CountDownLatch closed = new CountDownLatch(1);
    Thread _ = Thread.ofVirtual().start(() -> endLate(closed));
    return new Sound(context) {
      @Override
      public void close() {
        closed.countDown();
      }
    };
  }

  /** Waited for once, for the shared thread. */
  @Override
  public Duration bound() {
    return Duration.ofSeconds(1);
  }
}
