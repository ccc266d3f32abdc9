package pool.core.internal.events;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;
import pool.core.PoolListener;

/** The thread of a listener that is told more than it can hear. */
@Timeout(60)
class ListenerThreadTest {

  @Test
  void whatIsLostIsToldAlsoWhenThereIsAlwaysMore() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch full = new CountDownLatch(1);
    AtomicLong calls = new AtomicLong();
    PoolListener counting =
        new PoolListener() {
          @Override
          public void eventsLost(long events) {
            told.countDown();
          }
        };
    ListenerThread listening = new ListenerThread("recorder", counting);
    Consumer<PoolListener> andMore =
        new Consumer<>() {
          @Override
          public void accept(PoolListener listener) {
            Await.until("the queue is full", () -> full.getCount() == 0);
            if (told.getCount() > 0 && calls.incrementAndGet() < 20L * PoolListener.MOST_WAITING) {
              listening.tell(this);
            }
          }
        };
    listening.start();
    for (int i = 0; i < 2 * PoolListener.MOST_WAITING; i++) {
      listening.tell(andMore);
    }
    full.countDown();
    assertTrue(told.await(20, SECONDS));
    assertTrue(calls.get() < 20L * PoolListener.MOST_WAITING, "only when there was no more");
    listening.end(_ -> {});
    Await.noThreadOf("recorder");
  }
}
