package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.PoolState;

@Timeout(60)
class WatchTest {

  private Instant now = Instant.EPOCH;
  private final Seen seen = new Seen();
  private final Watch watch = new Watch(() -> now, List.of(seen));

  private static Instant at(int millis) {
    return Instant.EPOCH.plusMillis(millis);
  }

  private void ran(int from, int millis) {
    watch.jobRan(Seen.run("a-0", 1, "x", at(from), Duration.ofMillis(millis), null));
  }

  @Test
  void eachSpanIsWhereItWasHoweverLateItIsTold() {
    now = at(10_000);
    watch.workerOpened("a-0", at(50), Duration.ofMillis(100));
    ran(300, 100);
    watch.workerFinished("a-0", at(450), Duration.ofMillis(50));
    watch.workerClosed("a-0", at(500), Duration.ZERO);
    assertEquals(
        List.of(
            "open 50-150",
            "idle 150-300",
            "job 300-400",
            "idle 400-450",
            "finish 450-500",
            "close 500-500"),
        seen.words());
  }

  @Test
  void aSpanThatOverlapsIsShortened() {
    ran(100, 100);
    ran(150, 100); // an abandoned worker has come back
    ran(120, 10);
    ran(300, 10);
    assertEquals(
        List.of("job 100-200", "job 200-250", "job 250-250", "idle 250-300", "job 300-310"),
        seen.words());
  }

  @Test
  void nobodyIsIdleBetweenAClosingAndAnOpening() throws Exception {
    ran(0, 10);
    watch.workerBroke("a-0", at(10), new IOException("gone"));
    watch.workerClosed("a-0", at(10), Duration.ZERO);
    watch.workerOpened("a-0", at(2_000), Duration.ofMillis(1_000));
    ran(5_000, 10);
    assertEquals(
        List.of("job 0-10", "close 10-10", "open 2000-3000", "idle 3000-5000", "job 5000-5010"),
        seen.words());
    assertEquals(List.of("a-0 broke java.io.IOException: gone"), seen.marks);
  }

  @Test
  void nothingIsBeforeTheBeginningThoughTheClockWasSetBack() {
    now = at(-5_000);
    watch.workerOpened("a-0", at(-5_000), Duration.ofMillis(100));
    watch.workerBroke("a-0", at(-4_000), new IOException("gone"));
    watch.eventsLost(1);
    assertEquals(List.of("open 0-0"), seen.words());
    assertEquals(List.of(0L, 0L), seen.times);
  }

  @Test
  void afterTheEndNothingIsSeen() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Thread listener =
        Thread.ofPlatform()
            .start(() -> {
              watch.stateChanged(PoolState.OPEN, at(0));
              begun.countDown();
              try {
                assertTrue(go.await(20, TimeUnit.SECONDS));
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              watch.eventsLost(3);
            });
    assertTrue(begun.await(20, TimeUnit.SECONDS));
    assertEquals(false, watch.end(Duration.ofMillis(1)), "it is not over");
    go.countDown();
    assertEquals(true, watch.end(Duration.ofSeconds(20)));
    listener.join();
    assertEquals(List.of("pool is open"), seen.marks);
    assertEquals(0, seen.missed, "too late");
  }

  @Test
  void theEndWaitsForWhatIsStillTold() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Thread listener =
        Thread.ofPlatform()
            .start(() -> {
              watch.stateChanged(PoolState.CLOSED, at(0));
              begun.countDown();
              for (int i = 0; i < 100; i++) {
                watch.eventsLost(1);
                Thread.yield();
              }
            });
    assertTrue(begun.await(20, TimeUnit.SECONDS));
    assertTrue(watch.end(Duration.ofSeconds(20)));
    assertEquals(100, seen.missed);
    listener.join();
  }

  @Test
  void aViewerThatIsStuckHoldsUpNoEnd() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    Viewer pipe =
        new Viewer() {
          @Override
          public void saw(Span span) {}

          @Override
          public void happened(String what, String worker, String why, long at) {
            stuck.countDown();
            try {
              assertTrue(go.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }

          @Override
          public void missed(long events, long at) {}
        };
    Watch watch = new Watch(() -> now, List.of(pipe, seen));
    Thread listener = Thread.ofPlatform().start(() -> watch.stateChanged(PoolState.OPEN, at(0)));
    assertTrue(stuck.await(20, TimeUnit.SECONDS));
    assertEquals(false, watch.end(Duration.ofMillis(1)));
    go.countDown();
    listener.join();
    assertEquals(List.of(), seen.marks, "it is over for the others");
  }
}
