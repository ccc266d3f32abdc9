package pool.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerBrokenException;
import pool.core.OpenFailedException;
import pool.core.WorkerPool;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultsTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final RecordingFactory<String, String> recording =
      RecordingFactory.of(
          "shout", String.class, String.class, _ -> job -> job.toUpperCase(Locale.ROOT));

  private static WorkerPool<String, String> open(FaultyFactory<String, String> faulty) {
    return WorkerPool.of(faulty).workers(1).closeTimeout(LIMIT).open();
  }

  private static Throwable failure(WorkerPool<String, String> pool, String job) {
    return assertThrows(CompletionException.class, pool.submit(job)::join).getCause();
  }

  @Test
  void theNthRunThrowsAndTheOthersDoNot() {
    var faulty =
        Faults.none()
            .throwing(WorkerCall.RUN, 2, () -> new IOException("the disk is full"))
            .throwing(WorkerCall.RUN, 4, () -> new IOException("again"))
            .in(recording);
    try (var pool = open(faulty)) {
      assertEquals("A", pool.submit("a").join());
      assertEquals("the disk is full", failure(pool, "b").getMessage());
      assertEquals("C", pool.submit("c").join());
      assertEquals("again", failure(pool, "d").getMessage());
    }
    assertEquals(List.of("a", "c"), recording.jobs(), "a fault comes instead of the run");
  }

  @Test
  void runsAreCountedOverAllWorkers() {
    var faulty =
        Faults.none().breaking(WorkerCall.RUN, 1).breaking(WorkerCall.RUN, 3).in(recording);
    List<Boolean> broke = new ArrayList<>();
    try (var pool = open(faulty)) {
      for (int i = 1; i <= 4; i++) {
        broke.add(pool.submit("job").handle((_, e) -> e instanceof WorkerBrokenException).join());
      }
    }
    assertEquals(List.of(true, false, true, false), broke);
    assertEquals(3, recording.lives().size());
    recording.assertEveryWorkerWasClosed();
  }

  @Test
  void anOpeningThatThrowsOpensNothing() {
    var faulty =
        Faults.none()
            .throwing(WorkerCall.OPEN, 1, () -> new IOException("no session"))
            .in(recording);
    Throwable e = assertThrows(OpenFailedException.class, () -> open(faulty));
    assertEquals("no session", e.getCause().getMessage());
    assertEquals(0, recording.count(WorkerCall.OPEN));
    open(faulty).close();
    assertEquals(1, recording.count(WorkerCall.CLOSE));
  }

  @Test
  void aCloseThatThrowsClosesAllTheSame() {
    var faulty =
        Faults.none()
            .throwing(WorkerCall.FINISH, 1, () -> new IOException("cannot flush"))
            .throwing(WorkerCall.CLOSE, 1, () -> new StackOverflowError("too deep"))
            .in(recording);
    var report = open(faulty).shutdown(LIMIT);
    assertEquals(2, report.closeFailures().size(), report::toString);
    assertInstanceOf(StackOverflowError.class, report.closeFailures().getLast().cause());
    assertEquals(0, recording.count(WorkerCall.FINISH));
    recording.assertEveryWorkerWasClosed();
  }

  @Test
  void aRunHangsUntilItIsReleasedAndIsThenDone() throws Exception {
    var faulty = Faults.none().hanging(WorkerCall.RUN, 1).in(recording);
    try (var pool = open(faulty);
        faulty) {
      var result = pool.submit("a");
      faulty.awaitHanging(LIMIT);
      assertTrue(!result.isDone());
      faulty.release();
      assertEquals("A", result.join());
    }
  }

  @Test
  void whatHangsCanBeInterrupted() throws Exception {
    var faulty = Faults.none().hanging(WorkerCall.RUN, 1).in(recording);
    try (var pool = open(faulty);
        faulty) {
      var result = pool.submit("a");
      faulty.awaitHanging(LIMIT);
      assertTrue(result.cancel(true));
      assertEquals("B", pool.submit("b").join());
    }
    assertEquals(List.of("b"), recording.jobs());
  }

  @Test
  void aPlanIsNotChangedByWhatIsAddedToIt() {
    Faults one = Faults.none().breaking(WorkerCall.RUN, 1);
    Faults two = one.breaking(WorkerCall.RUN, 2);
    assertEquals("Faults[RUN 1]", one.toString());
    assertEquals("Faults[]", Faults.none().toString());
    for (int time = 0; time < 2; time++) {
      try (var pool = open(two.in(recording))) { // counted from 1 again
        assertInstanceOf(WorkerBrokenException.class, failure(pool, "a"));
        assertInstanceOf(WorkerBrokenException.class, failure(pool, "b"));
        assertEquals("C", pool.submit("c").join());
      }
    }
  }

  private static void assertRefused(String message, Runnable planning) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, planning::run).getMessage());
  }

  @Test
  void placesThatCannotBeAreRefused() {
    Faults one = Faults.none().breaking(WorkerCall.RUN, 1);
    assertRefused("calls are counted from 1, but nth was 0", () -> one.hanging(WorkerCall.OPEN, 0));
    assertRefused(
        "RUN 1 has a fault already; choose another call", () -> one.hanging(WorkerCall.RUN, 1));
    assertRefused(
        "a CANCEL cannot have a fault; choose another call",
        () -> one.breaking(WorkerCall.CANCEL, 1));
  }

  @Test
  void waitingInVainForAHangSaysWhatWasCalled() {
    var faulty = Faults.none().hanging(WorkerCall.RUN, 7).in(recording);
    String message =
        String.valueOf(
            assertThrows(AssertionError.class, () -> faulty.awaitHanging(Duration.ofMillis(1)))
                .getMessage());
    assertTrue(message.startsWith("factory 'shout': no call hangs after PT0.001S"), message);
    assertTrue(message.contains("[RUN 7]") && message.contains("RUN=0"), message);
  }
}
