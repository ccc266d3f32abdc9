package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerBrokenException;
import pool.core.Recorder.Task;

/** When every worker is gone. */
@Timeout(60)
@SuppressWarnings("try")
class PoolBrokenTest {

  private static final Task BREAK =
      _ -> {
        throw new WorkerBrokenException("gone");
      };

  private final Recorder recorder = new Recorder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  @Test
  void waitingJobsFailWhenNoWorkerCanBeOpenedForTheTimeOut() throws Exception {
    try (var pool = WorkerPool.of(recorder).workers(2).openTimeout(Duration.ofMillis(500)).open()) {
      recorder.onOpen =
          _ -> {
            throw new IOException("still down");
          };
      recorder.track(pool.submit(BREAK));
      recorder.track(pool.submit(BREAK));
      var waiting = recorder.track(pool.submit(Task.of(1)));
      ExecutionException e = assertThrows(ExecutionException.class, () -> waiting.get(20, SECONDS));
      assertInstanceOf(PoolBrokenException.class, e.getCause());
      assertEquals("still down", e.getCause().getCause().getMessage());
      assertEquals(PoolState.DEGRADED, pool.stats().state());
      assertThrows(PoolBrokenException.class, () -> pool.map(List.of(Task.of(1), Task.of(2))));
      assertInstanceOf(Outcome.Failed.class, pool.mapAll(List.of(Task.of(1))).getFirst());
      var later = recorder.track(pool.submit(Task.of(2)));
      assertInstanceOf(
          PoolBrokenException.class,
          assertThrows(ExecutionException.class, () -> later.get(20, SECONDS)).getCause());
      recorder.onOpen = _ -> {};
      Await.until("another worker is open", () -> recorder.opened.size() >= 3);
      awaitServing(pool);
    }
  }

  /** The worker is open; the pool is about to know. */
  private void awaitServing(WorkerPool<Task, Object> pool) throws Exception {
    while (true) {
      try {
        assertEquals(2, recorder.track(pool.submit(Task.of(2))).get(20, SECONDS));
        return;
      } catch (ExecutionException e) {
        assertInstanceOf(PoolBrokenException.class, e.getCause());
      }
    }
  }

  @Test
  void waitingJobsFailWhenOpeningHangsForTheTimeOut() throws Exception {
    var release = new CountDownLatch(1);
    try (var pool =
        WorkerPool.of(recorder)
            .workers(1)
            .openTimeout(Duration.ofMillis(500))
            .cancelGrace(Duration.ofSeconds(2)) // the next does not open before this one is told
            .open()) {
      recorder.onOpen = _ -> awaitUninterruptibly(release);
      recorder.track(pool.submit(BREAK));
      var waiting = recorder.track(pool.submit(Task.of(1)));
      assertInstanceOf(
          PoolBrokenException.class,
          assertThrows(ExecutionException.class, () -> waiting.get(20, SECONDS)).getCause());
      recorder.onOpen = _ -> {};
      awaitServing(pool); // its successor has opened
      release.countDown();
    } catch (PoolCloseException e) {
      assertEquals(1, e.report().abandoned().size());
      assertEquals("recorder-0", e.report().abandoned().getFirst().worker());
    }
  }

  static void awaitUninterruptibly(CountDownLatch latch) {
    boolean over = false;
    while (!over) {
      try {
        over = latch.await(20, SECONDS);
      } catch (InterruptedException e) {
        // goes on hanging
      }
    }
  }

  @Test
  void whatHoldsUpTheReplacementIsNamedWhenItIsNoFailure() throws Exception {
    var release = new CountDownLatch(1);
    try (var pool =
        WorkerPool.of(recorder)
            .workers(1)
            .maxJobsPerWorker(1)
            .openTimeout(Duration.ofMillis(500))
            .open()) {
      recorder.onClose = _ -> awaitUninterruptibly(release);
      recorder.track(pool.submit(Task.of(1)));
      var waiting = recorder.track(pool.submit(Task.of(2)));
      var e = assertThrows(ExecutionException.class, () -> waiting.get(20, SECONDS));
      assertEquals(
          "no worker of pool 'recorder' is left, and none could be opened for PT0.5S: recorder-0 is"
              + " CLOSING",
          e.getCause().getMessage());
      release.countDown();
      awaitServing(pool);
    }
  }

  @Test
  void anExceptionThatDoesNotSayWhatItIsHoldsUpItsWorkerOnly() throws Exception {
    var release = new CountDownLatch(1);
    @SuppressWarnings("serial")
    class Mute extends IOException {
      @Override
      public String toString() {
        awaitUninterruptibly(release);
        return "at last";
      }
    }
    var pool =
        WorkerPool.of(recorder)
            .workers(1)
            .openTimeout(Duration.ofMillis(500))
            .cancelGrace(Duration.ofMillis(20))
            .open();
    recorder.onOpen =
        _ -> {
          recorder.onOpen = _ -> {};
          throw new Mute();
        };
    recorder.track(pool.submit(BREAK));
    awaitServing(pool); // its successor has opened
    release.countDown();
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(1, report.abandoned().size(), report::toString);
  }

  @Test
  void closeDrainsThoughEveryWorkerIsGone() throws Exception {
    var pool = WorkerPool.of(recorder).workers(1).openTimeout(Duration.ofMillis(500)).open();
    recorder.onOpen =
        _ -> {
          throw new IOException("still down");
        };
    recorder.track(pool.submit(BREAK));
    var waiting = recorder.track(pool.submit(Task.of(1)));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertInstanceOf(PoolBrokenException.class, waiting.exceptionNow());
    assertTrue(report.isClean(), report::toString);
  }

  @Test
  void closeReturnsWhenEveryFutureIsDone() throws Exception {
    int jobs = 500_000; // it takes a while to tell so many
    var pool =
        WorkerPool.of(recorder)
            .workers(1)
            .queueCapacity(jobs)
            .openTimeout(Duration.ofSeconds(1))
            .open();
    recorder.onOpen =
        _ -> {
          throw new IOException("still down");
        };
    CountDownLatch submitted = new CountDownLatch(1);
    recorder.track(
        pool.submit(_ -> {
          boolean _ = submitted.await(20, SECONDS);
          throw new WorkerBrokenException("gone");
        }));
    for (int i = 0; i < jobs; i++) {
      recorder.futures.add(pool.submit(Task.of(i)));
    }
    submitted.countDown();
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(0, recorder.futures.stream().filter(future -> !future.isDone()).count());
    assertEquals(jobs + 1, report.failed());
  }

  @Test
  void aPingThatFailsAfterAStoppedRunReplacesTheWorker() throws Exception {
    List<ReplaceReason> why = new CopyOnWriteArrayList<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void workerReplaced(String worker, Instant at, ReplaceReason reason) {
            why.add(reason);
          }
        };
    try (var pool = WorkerPool.of(recorder).workers(1).listener(listener).open()) {
      recorder.onPing =
          _ -> {
            throw new IOException("no answer");
          };
      CountDownLatch runs = new CountDownLatch(1); // one that is just beginning is not stopped
      var running =
          recorder.track(
              pool.submit(_ -> {
                runs.countDown();
                return new CountDownLatch(1).await(20, SECONDS);
              }));
      assertTrue(runs.await(20, SECONDS));
      running.cancel(true);
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
    }
    assertEquals(2, recorder.opened.size());
    assertEquals(0, recorder.opened.peek().finishes.get());
    assertEquals(List.of(ReplaceReason.NO_PING), why);
  }
}
