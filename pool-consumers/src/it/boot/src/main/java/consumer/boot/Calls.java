package consumer.boot;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Service;

/** What others call and the pool does. */
@Service
public class Calls {

  private final CountDownLatch go = new CountDownLatch(1);

  /** All calls wait, so that they are there at a time. */
  @Async
  public CompletableFuture<String> call() {
    try {
      go.await();
      return CompletableFuture.completedFuture(Thread.currentThread().getName());
    } catch (InterruptedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  public void go() {
    go.countDown();
  }
}
