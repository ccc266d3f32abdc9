package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;

/** Many tasks at once that have room in the queue only one after the other. */
class TaskExecutorRoomTest extends TaskExecutorContract {

  /** The last is the only hope, and is submitted when there is room. */
  private static List<Callable<String>> lastSucceeds() {
    Thread submitter = Thread.currentThread();
    return List.of(
        () -> {
          Await.until("it waits for room", () -> Await.isWaiting(submitter));
          throw new IOException("first");
        },
        () -> {
          throw new IOException("second");
        },
        () -> "there was room");
  }

  @Test
  void invokeAnyWaitsForRoom() throws Exception {
    ExecutorService view = view(builder().workers(1).queueCapacity(1));
    assertEquals("there was room", view.invokeAny(lastSucceeds()));
  }

  @Test
  void invokeAnyWithATimeOutWaitsForRoomAsLongAsThereIsTime() throws Exception {
    ExecutorService view = view(builder().workers(1).queueCapacity(1));
    assertEquals("there was room", view.invokeAny(lastSucceeds(), 20, SECONDS));
  }

  @Test
  void invokeAllWithATimeOutWaitsForRoomAsLongAsThereIsTime() throws Exception {
    ExecutorService view = view(builder().workers(1).queueCapacity(1));
    assertEquals(
        "there was room", view.invokeAll(lastSucceeds(), 20, SECONDS).getLast().resultNow());
  }
}
