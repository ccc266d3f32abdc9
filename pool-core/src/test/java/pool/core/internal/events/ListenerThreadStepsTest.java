package pool.core.internal.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;
import pool.core.PoolListener;

/** What the thread of a listener does, on the thread of the test, and who waits for its end. */
@Timeout(60)
class ListenerThreadStepsTest {

  private static final Duration LONG = Duration.ofHours(1);

  private final List<Object> told = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final ListenerThread listening =
      new ListenerThread(
          "echo",
          new PoolListener() {
            @Override
            public void eventsLost(long events) {
              told.add(events);
            }
          });

  @AfterEach
  void nothingIsLeft() throws Exception {
    goOn.countDown();
    listening.end(_ -> {});
    Await.noThreadOf("echo");
  }

  private Consumer<PoolListener> event(String name) {
    return _ -> told.add(name);
  }

  private void awaitGoOn() {
    Await.until("it is to go on", () -> goOn.getCount() == 0);
  }

  /** Its thread lives, and hears nothing until it is to go on. */
  private void hold() {
    listening.tell(_ -> awaitGoOn());
    listening.start();
  }

  /** Whether a wait for the end is over before it begins. */
  private boolean doesNotWait() {
    Thread.currentThread().interrupt(); // so that a wait would throw
    try {
      listening.awaitEnd(LONG);
      return Thread.interrupted();
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Test
  void eventsAreToldInTheirOrderAndTheEndIsToldLast() {
    listening.tell(event("first"));
    listening.tell(event("second"));
    listening.end(event("end"));
    listening.tell(event("after the end"));
    listening.run();
    assertEquals(List.of("first", "second", "end"), told);
  }

  @Test
  void whatTheListenerThrowsKeepsNothingFromIt() {
    listening.tell(_ -> {
      throw new StackOverflowError("thrown by the listener");
    });
    listening.tell(event("first"));
    listening.tell(_ -> {
      throw new IllegalStateException("thrown again");
    });
    listening.tell(event("second"));
    listening.end(event("end"));
    listening.run();
    assertEquals(List.of("first", "second", "end"), told);
  }

  @Test
  void asManyEventsWaitAsMayAndHowManyMoreAreLostIsToldBeforeTheEnd() {
    for (int i = 0; i < PoolListener.MOST_WAITING - 1; i++) {
      listening.tell(_ -> {});
    }
    listening.tell(event("last that has room"));
    listening.tell(event("lost"));
    listening.tell(event("lost"));
    listening.end(event("end"));
    listening.run();
    assertEquals(List.of("last that has room", 2L, "end"), told);
  }

  @Test
  void anEventThatWasToldMakesRoomForOneAndWhatIsLostIsToldBeforeThat() {
    listening.tell(_ -> {
      listening.tell(event("has room"));
      listening.tell(event("lost"));
      listening.end(event("end"));
    });
    for (int i = 0; i < PoolListener.MOST_WAITING - 1; i++) {
      listening.tell(_ -> {});
    }
    listening.run();
    assertEquals(List.of(1L, "has room", "end"), told);
  }

  @Test
  void nobodyWaitsForAThreadThatWasNotStarted() {
    assertTrue(doesNotWait());
  }

  @Test
  void theListenerItselfDoesNotWait() {
    AtomicReference<Boolean> seen = new AtomicReference<>();
    listening.tell(_ -> seen.set(doesNotWait()));
    listening.start();
    Await.until("it is told", () -> seen.get() != null);
    assertTrue(seen.get());
  }

  @Test
  void whoeverWaitsForTheEndWaitsUntilItIsTold() throws Exception {
    Thread test = Thread.currentThread();
    hold();
    listening.end(_ -> {
      Await.until("it is waited for", () -> test.getState() == Thread.State.TIMED_WAITING);
      told.add("end");
    });
    goOn.countDown();
    listening.awaitEnd(LONG);
    assertEquals(List.of("end"), told);
    assertTrue(doesNotWait(), "it has ended");
  }

  @Test
  void aListenerThatDidNotComeBackInTimeIsNotWaitedForAgain() throws Exception {
    hold();
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> listening.awaitEnd(LONG));
    listening.awaitEnd(Duration.ZERO);
    assertTrue(doesNotWait());
  }
}
