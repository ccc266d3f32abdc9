package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** Workers that are replaced though they are healthy, and pings of idle ones. */
@ParameterizedClass
@EnumSource(Distribution.class)
@Timeout(60)
@SuppressWarnings("try")
class RecyclingTest {

  @Parameter Distribution distribution;

  private final Recorder recorder = new Recorder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  private WorkerPool.Builder<Task, Object> builder(int workers) {
    return WorkerPool.of(recorder).distribution(distribution).workers(workers);
  }

  @Test
  void noWorkerDoesMoreJobsThanItMay() throws Exception {
    try (var pool = builder(2).maxJobsPerWorker(3).open()) {
      for (int i = 0; i < 50; i++) {
        recorder.track(pool.submit(Task.of(i)));
      }
      List<Task> tasks = IntStream.range(0, 50).mapToObj(Task::of).toList();
      assertEquals(IntStream.range(0, 50).boxed().toList(), pool.map(tasks));
    }
    for (Recorded worker : recorder.opened) {
      assertTrue(worker.runs.get() <= 3, worker.runs + " jobs");
      assertEquals(1, worker.finishes.get(), "it was healthy");
    }
    assertEquals(100, recorder.opened.stream().mapToInt(worker -> worker.runs.get()).sum());
    assertTrue(recorder.opened.size() >= 34, recorder.opened.size() + " opened");
  }

  @Test
  void aWorkerThatIsTooOldBeforeTheOthersAreOpenIsReplaced() throws Exception {
    var replaced = new CountDownLatch(1);
    recorder.onOpen =
        worker -> {
          if (worker.context.index() == 1 && !replaced.await(20, SECONDS)) {
            throw new IOException("the other was not replaced");
          }
          if (worker.context.index() == 0 && !recorder.opened.isEmpty()) {
            replaced.countDown();
          }
        };
    try (var pool = builder(2).maxWorkerAge(Duration.ofMillis(50)).open()) {
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
    }
  }

  @Test
  void theOldWorkerClosesBeforeItsReplacementOpens() throws Exception {
    AtomicInteger living = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    recorder.onOpen = _ -> most.accumulateAndGet(living.incrementAndGet(), Math::max);
    recorder.onClose = _ -> living.decrementAndGet();
    try (var pool = builder(2).maxJobsPerWorker(1).open()) {
      Object _ = pool.map(IntStream.range(0, 40).mapToObj(Task::of).toList());
    }
    assertEquals(2, most.get());
  }

  @Test
  void recyclingAfterEveryJobWhileClosingLosesNone() throws Exception {
    var pool = builder(3).maxJobsPerWorker(1).open();
    for (int i = 0; i < 200; i++) {
      recorder.track(pool.submit(Task.of(i)));
    }
    CloseReport report = pool.shutdown(Duration.ofSeconds(30));
    assertTrue(report.isClean(), report::toString);
    assertEquals(200, report.succeeded());
    assertAddsUp(report);
    int opened = report.workers().stream().mapToInt(CloseReport.WorkerTimes::opened).sum();
    assertEquals(recorder.opened.size(), opened);
  }

  @Test
  void anOldWorkerIsReplacedWhetherItIsIdleOrBusy() throws Exception {
    try (var pool = builder(1).maxWorkerAge(Duration.ofMillis(30)).open()) {
      Await.until("one is replaced", () -> recorder.opened.size() >= 3); // idle
      int before = recorder.opened.size();
      while (recorder.opened.size() < before + 3) { // busy
        assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
      }
    }
    recorder.opened.forEach(worker -> assertEquals(1, worker.finishes.get()));
  }

  @Test
  void idleWorkersArePingedAndBusyOnesAreNot() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger pings = new AtomicInteger();
    recorder.onPing = _ -> pings.incrementAndGet();
    try (var pool = builder(1).pingInterval(Duration.ofMillis(10)).open()) {
      Await.until("it is pinged", () -> pings.get() >= 3);
      var running =
          recorder.track(
              pool.submit(_ -> {
                int before = pings.get();
                boolean _ = release.await(100, MILLISECONDS);
                return pings.get() - before;
              }));
      assertEquals(0, running.get(20, SECONDS));
      int before = pings.get();
      Await.until("it is pinged again", () -> pings.get() > before);
    }
    assertEquals(1, recorder.opened.size());
  }

  @Test
  void aWorkerWhosePingFailsIsReplacedAndNoJobIsLost() throws Exception {
    recorder.onPing =
        worker -> {
          if (worker == recorder.opened.peek()) {
            throw new IOException("gone");
          }
        };
    List<Throwable> told = new CopyOnWriteArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void workerBroke(String worker, Instant at, Throwable cause) {
            told.add(cause);
          }
        };
    try (var pool = builder(1).pingInterval(Duration.ofMillis(10)).listener(listener).open()) {
      Await.until("it is replaced", () -> recorder.opened.size() == 2);
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
      assertEquals(0, pool.stats().failed());
      Await.until("it is told", () -> !told.isEmpty());
      assertEquals("gone", told.getFirst().getMessage());
    }
    assertEquals(0, recorder.opened.peek().finishes.get());
  }

  @Test
  void aWorkerWhosePingHangsIsInterruptedAndReplaced() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    recorder.onPing =
        worker -> {
          if (worker == recorder.opened.peek()) {
            boolean _ = never.await(20, SECONDS);
          }
        };
    try (var pool =
        builder(1).pingInterval(Duration.ofMillis(10)).openTimeout(Duration.ofMillis(500)).open()) {
      Await.until("it is replaced", () -> recorder.opened.size() >= 2);
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
    }
  }

  @Test
  void aPingThatHangsSinceBeforeThePoolWasOpenIsNoticedAsWell() throws Exception {
    CountDownLatch pinged = new CountDownLatch(1);
    recorder.onOpen =
        worker -> {
          if (worker.context.index() == 1 && recorder.opened.size() < 2) {
            assertTrue(pinged.await(20, SECONDS));
          }
        };
    recorder.onPing =
        worker -> {
          if (worker == recorder.opened.peek()) {
            pinged.countDown();
            boolean _ = new CountDownLatch(1).await(50, SECONDS);
          }
        };
    try (var pool =
        builder(2).pingInterval(Duration.ofMillis(50)).openTimeout(Duration.ofSeconds(1)).open()) {
      CountDownLatch replaced = new CountDownLatch(1);
      var busy = // so that the other is not idle
          recorder.track(pool.submit(_ -> replaced.await(20, SECONDS)));
      Await.until("it is replaced again", () -> recorder.opened.size() == 3);
      replaced.countDown();
      assertEquals(true, busy.get(20, SECONDS));
    }
  }
}
