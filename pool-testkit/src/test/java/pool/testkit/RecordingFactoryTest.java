package pool.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.Outcome;
import pool.core.WorkerPool;
import pool.testkit.RecordingFactory.Call;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RecordingFactoryTest {

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final RecordingFactory<String, Integer> recording =
      RecordingFactory.of(
          "length",
          String.class,
          Integer.class,
          _ ->
              job -> {
                switch (job) {
                  case "break" -> throw new WorkerBrokenException("broken");
                  case "slow" -> new CountDownLatch(1).await();
                  default -> {}
                }
                return job.length();
              });

  private WorkerPool<String, Integer> open() {
    return WorkerPool.of(recording).workers(1).open();
  }

  private static List<WorkerCall> kinds(List<Call<String>> calls) {
    return calls.stream().map(Call::what).toList();
  }

  @Test
  @SuppressWarnings("try") // close() may be interrupted
  void recordsEachJobOfABatchAndItsWorkerStaysABatchWorker() throws Exception {
    WorkerFactory<String, Integer> together =
        WorkerFactory.of(
            "length",
            String.class,
            Integer.class,
            _ ->
                BatchWorker.of((jobs, results) -> {
                  for (int i = 0; i < jobs.size(); i++) {
                    results.succeeded(i, jobs.size());
                  }
                }));
    var batches = RecordingFactory.of(together);
    try (var worker = batches.open(WorkerContext.standalone())) {
      assertInstanceOf(BatchWorker.class, worker);
      assertEquals(1, worker.run("alone"));
    }
    try (var pool = WorkerPool.of(batches).workers(1).open()) {
      assertEquals(List.of(3, 3, 3), pool.map(List.of("a", "b", "c")));
    }
    assertEquals(List.of("alone", "a", "b", "c"), batches.jobs());
    batches.assertEveryWorkerWasClosed();
    var faulty = Faults.none().breaking(WorkerCall.RUN, 1).in(together);
    try (var pool = WorkerPool.of(faulty).workers(1).open();
        faulty) {
      assertTrue(pool.mapAll(List.of("a", "b", "c")).stream().noneMatch(Outcome::isSucceeded));
      assertEquals(List.of(2, 2), pool.map(List.of("d", "e")));
    }
  }

  @Test
  void recordsTheLifeOfAWorkerInOrder() {
    try (var pool = open()) {
      assertEquals(List.of(3, 5), pool.map(List.of("one", "three")));
    }
    assertEquals(
        List.of(
            WorkerCall.OPEN, WorkerCall.RUN, WorkerCall.RUN, WorkerCall.FINISH, WorkerCall.CLOSE),
        kinds(recording.calls()));
    assertEquals(List.of("one", "three"), recording.jobs());
    assertEquals(2, recording.count(WorkerCall.RUN));
    assertEquals("length-0: RUN three", recording.calls(WorkerCall.RUN).getLast().toString());
    assertEquals(
        1, recording.calls().stream().map(Call::thread).distinct().count(), "confined to a thread");
    recording.assertEveryWorkerWasClosed();
  }

  @Test
  void tellsAReplacementFromTheWorkerBeforeIt() {
    try (var pool = open()) {
      assertThrows(Exception.class, pool.submit("break")::join);
      assertEquals(3, pool.submit("one").join());
    }
    assertEquals(2, recording.lives().size());
    assertEquals(
        List.of(WorkerCall.OPEN, WorkerCall.RUN, WorkerCall.CLOSE),
        kinds(recording.lives().getFirst()));
    assertEquals(1, recording.lives().getLast().getFirst().opening());
    recording.assertEveryWorkerWasClosed();
  }

  @Test
  void recordsThatAJobIsCancelledAndTheWorkerPinged() throws Exception {
    try (var pool = open()) {
      var slow = pool.submit("slow");
      recording.await(WorkerCall.RUN, 1, LIMIT);
      assertTrue(slow.cancel(true));
      recording.await(WorkerCall.PING, 1, LIMIT);
    }
    Call<String> cancel = recording.calls(WorkerCall.CANCEL).getFirst();
    assertTrue(!cancel.thread().equals(recording.calls().getFirst().thread()), cancel::toString);
    recording.assertEveryWorkerWasClosed();
  }

  @Test
  void aWaitThatIsInVainSaysWhatWasCalled() {
    String message =
        String.valueOf(
            assertThrows(
                    AssertionError.class,
                    () -> recording.await(WorkerCall.OPEN, 1, Duration.ofMillis(1)))
                .getMessage());
    assertEquals(
        "factory 'length': expected 1 calls of OPEN within PT0.001S, but there were 0; all calls: []",
        message);
  }

  private void assertNotClosed(String why) {
    String message =
        String.valueOf(
            assertThrows(AssertionError.class, recording::assertEveryWorkerWasClosed).getMessage());
    assertTrue(message.contains(why), message);
  }

  @Test
  void seesWhatIsWrongInALife() throws Exception {
    Worker<String, Integer> worker = recording.open(WorkerContext.standalone());
    assertNotClosed("standalone-0 was closed 0 times instead of once; its calls: [");
    worker.close();
    recording.assertEveryWorkerWasClosed();
    worker.run("late");
    assertNotClosed("standalone-0: RUN late after it was closed");
    worker.close();
    assertNotClosed("was closed 2 times");
  }

  @Test
  void seesACallOnAnotherThread() throws Exception {
    Worker<String, Integer> worker = recording.open(WorkerContext.standalone());
    Thread other = Thread.ofPlatform().name("other").start(() -> ping(worker));
    assertTrue(other.join(LIMIT));
    worker.close();
    assertNotClosed("standalone-0: PING on Thread[");
  }

  private static void ping(Worker<?, ?> worker) {
    try {
      worker.ping();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatCouldNotBeOpenedNeedNotBeClosed() {
    var failing =
        RecordingFactory.of(
            WorkerFactory.<String, String>of(
                "failing",
                String.class,
                String.class,
                _ -> {
                  throw new IOException("no session");
                }));
    assertThrows(IOException.class, () -> failing.open(WorkerContext.standalone()));
    assertEquals(1, failing.count(WorkerCall.OPEN));
    failing.assertEveryWorkerWasClosed();
  }
}
