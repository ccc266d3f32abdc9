package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Recorder.Task;

/** BulkCalls with places that run too long, and workers that do not come back from them. */
@ParameterizedClass
@EnumSource(Distribution.class)
@Timeout(60)
@SuppressWarnings("try")
class BulkCallTimeoutTest {

  @Parameter Distribution distribution;

  private final Recorder recorder = new Recorder();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    recorder.assertAllIsOver();
  }

  private WorkerPool.Builder<Task, Object> builder(int workers) {
    return WorkerPool.of(recorder)
        .distribution(distribution)
        .workers(workers)
        .jobTimeout(Duration.ofMillis(300)) // not for the short ones, on a busy machine either
        .cancelGrace(Duration.ofSeconds(20));
  }

  private static List<Task> tasks() {
    return new ArrayList<>(IntStream.range(0, 20).mapToObj(Task::of).toList());
  }

  private Object hang() throws InterruptedException {
    return release.await(20, SECONDS);
  }

  /** Ends only when it is released, whatever interrupts it. */
  private Object hangDeaf() {
    PoolBrokenTest.awaitUninterruptibly(release);
    return "late";
  }

  @Test
  void placesOfABatchTimeOutAndTheRestIsDone() throws Exception {
    for (int workers : new int[] {1, 3}) {
      try (var pool = builder(workers).open()) {
        List<Task> tasks = tasks();
        tasks.set(7, _ -> hang());
        List<Outcome<Task, Object>> outcomes = pool.mapAll(tasks);
        for (int i = 0; i < 20; i++) {
          if (i == 7) {
            var failed = assertInstanceOf(Outcome.Failed.class, outcomes.get(7));
            assertInstanceOf(TimeoutException.class, failed.cause());
          } else {
            assertEquals(i, assertInstanceOf(Outcome.Succeeded.class, outcomes.get(i)).result());
          }
        }
        JobFailedException e = assertThrows(JobFailedException.class, () -> pool.map(tasks));
        assertEquals(7, e.index());
        assertInstanceOf(TimeoutException.class, e.getCause());
        assertAddsUp(pool.stats());
      }
    }
  }

  @Test
  void whatAnAbandonedWorkerHadOfABatchIsDoneByItsSuccessor() throws Exception {
    var pool = builder(1).cancelGrace(Duration.ofMillis(20)).open();
    List<Task> tasks = tasks();
    tasks.set(3, _ -> hangDeaf());
    List<Outcome<Task, Object>> outcomes = pool.mapAll(tasks);
    assertInstanceOf(Outcome.Failed.class, outcomes.get(3));
    assertEquals(19, outcomes.stream().filter(o -> o instanceof Outcome.Succeeded).count());
    assertEquals(List.of(1, 2), pool.map(List.of(Task.of(1), Task.of(2))));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(1, report.abandoned().size(), report::toString);
    assertAddsUp(report);
  }

  @Test
  @Tag("long")
  void aBatchThatComesWhenEverySlotIsEmptyFailsOrIsReturned() throws Exception {
    var pool =
        builder(1).cancelGrace(Duration.ofMillis(20)).openTimeout(Duration.ofSeconds(1)).open();
    recorder.track(pool.submit(_ -> hangDeaf()));
    recorder.track(pool.submit(_ -> hangDeaf())); // by the one that replaced the first
    Await.until(
        "both are abandoned",
        () -> pool.stats().workers().getFirst().state() == WorkerState.ABANDONED);
    for (Outcome<Task, Object> outcome : pool.mapAll(tasks())) { // a second later
      assertInstanceOf(
          PoolBrokenException.class, assertInstanceOf(Outcome.Failed.class, outcome).cause());
    }
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(22, report.failed(), report::toString);
  }

  @Test
  void aMapWhosePlaceTimesOutStartsNoOther() {
    try (var pool = builder(1).open()) {
      AtomicInteger started = new AtomicInteger();
      Task hangs =
          _ -> {
            started.incrementAndGet();
            return hang();
          };

      JobFailedException e =
          assertThrows(JobFailedException.class, () -> pool.map(Collections.nCopies(20, hangs)));

      assertInstanceOf(TimeoutException.class, e.getCause());
      assertEquals(1, started.get());
      assertEquals(1, pool.stats().failed());
      assertEquals(19, pool.stats().notStarted());
    }
  }

  @Test
  void aMapThatFailsWaitsNoLongerThanCancelGraceForRunsThatGoOn() throws Exception {
    CountDownLatch hanging = new CountDownLatch(1);
    Task deaf =
        _ -> {
          hanging.countDown();
          return hangDeaf();
        };
    Task bad =
        _ -> {
          assertTrue(hanging.await(20, SECONDS));
          throw new IllegalStateException("bad");
        };
    var pool = builder(2).cancelGrace(Duration.ofMillis(50)).open();

    long began = System.nanoTime();
    assertThrows(JobFailedException.class, () -> pool.map(List.of(deaf, bad)));

    assertTrue(System.nanoTime() - began < SECONDS.toNanos(10));
    assertEquals(1, release.getCount(), "it runs on");
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(1, report.abandoned().size(), report::toString);
    assertEquals(1, report.failed(), report::toString);
    assertEquals(1, report.cancelled(), report::toString);
  }

  @Test
  void whenASlotStaysEmptyInTheMiddleTheOtherDoesWhatItMay() {
    AtomicInteger hung = new AtomicInteger();
    Task task =
        worker -> {
          if (worker.context.index() == 0 && hung.incrementAndGet() <= 3) {
            return hangDeaf(); // two of them are replaced
          }
          return 1;
        };
    var pool = builder(2).cancelGrace(Duration.ofMillis(20)).open();

    List<Outcome<Task, Object>> outcomes = pool.mapAll(Collections.nCopies(100_000, task));

    long timedOut = outcomes.stream().filter(o -> isFailed(o, TimeoutException.class)).count();
    long unserved = outcomes.stream().filter(o -> isFailed(o, PoolBrokenException.class)).count();
    assertEquals(
        100_000,
        outcomes.stream().filter(o -> o instanceof Outcome.Succeeded).count()
            + timedOut
            + unserved);
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertAddsUp(report);
    assertEquals(report.abandoned().size(), timedOut, report::toString);
    if (distribution == Distribution.EVEN) {
      assertEquals(3, timedOut);
      assertEquals(50_000 - 3, unserved);
    } else {
      assertEquals(0, unserved);
    }
  }

  private static boolean isFailed(Outcome<?, ?> outcome, Class<?> by) {
    return outcome instanceof Outcome.Failed<?, ?>(Object _, Throwable cause)
        && by.isInstance(cause);
  }

  @Test
  void aFlagThatAPlaceLeavesSetDoesNotReachTheNext() {
    Task rude =
        _ -> {
          boolean was = Thread.currentThread().isInterrupted();
          Thread.currentThread().interrupt();
          return was;
        };
    try (var pool = builder(2).open()) {
      assertEquals(Collections.nCopies(1_000, false), pool.map(Collections.nCopies(1_000, rude)));
    }
  }
}
