package pool.testkit;

import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import pool.api.WorkerContext;

/** Workers that share a thread which stays, and have each one that ends some time after them. */
class SharedThreadContractTest extends SoundContract {

  private static final CountDownLatch END = new CountDownLatch(1);
  private static final Thread SHARED = Thread.ofPlatform().daemon().unstarted(() -> await(END));

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void endShared() throws Exception {
    END.countDown();
    SHARED.join();
  }

  @Override
  Sound open(WorkerContext context) {
    synchronized (SHARED) {
      if (SHARED.getState() == Thread.State.NEW) {
        SHARED.start();
      }
    }
    CountDownLatch closed = new CountDownLatch(1);
    Thread _ = Thread.ofVirtual().start(() -> await(closed));
    return new Sound(context) {
      @Override
      public void close() {
        closed.countDown();
      }
    };
  }
}
