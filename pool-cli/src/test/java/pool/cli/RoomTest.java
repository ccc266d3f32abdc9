package pool.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RoomTest {

  @Test
  void aLineWaitsUntilThereIsRoomForItsCharacters() throws Exception {
    Room room = new Room(10, 100);
    room.enter("x".repeat(60));
    CountDownLatch entered = new CountDownLatch(1);
    Thread second =
        Thread.ofPlatform()
            .start(() -> {
              try {
                room.enter("x".repeat(1_000)); // alone it may
                entered.countDown();
              } catch (InterruptedException e) {
                // the test has failed
              }
            });
    assertFalse(entered.await(100, TimeUnit.MILLISECONDS));
    room.leave("x".repeat(60));
    assertTrue(entered.await(20, TimeUnit.SECONDS));
    second.join();
  }
}
