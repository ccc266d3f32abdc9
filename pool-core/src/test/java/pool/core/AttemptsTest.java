package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.WorkerBrokenException;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** Jobs whose worker broke. */
@ParameterizedClass
@MethodSource("kinds")
@Timeout(60)
@SuppressWarnings("try")
class AttemptsTest {

  static Stream<Arguments> kinds() {
    return Stream.of(Distribution.values())
        .flatMap(distribution -> Stream.of(1, 3).map(n -> Arguments.of(distribution, n)));
  }

  @Parameter(0)
  Distribution distribution;

  @Parameter(1)
  int workers;

  private final Recorder recorder = new Recorder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  private WorkerPool.Builder<Task, Object> builder() {
    return WorkerPool.of(recorder).distribution(distribution).workers(workers).maxAttempts(3);
  }

  /** Breaks so many workers, then succeeds. */
  private static Task breaks(int times, List<Recorded> ranOn) {
    AtomicInteger runs = new AtomicInteger();
    return worker -> {
      ranOn.add(worker);
      int run = runs.incrementAndGet();
      if (run <= times) {
        throw new WorkerBrokenException("broken " + run);
      }
      return run;
    };
  }

  @Test
  void aJobIsTriedAgainOnAnotherWorkerWhenItsWorkerBroke() throws Exception {
    List<Recorded> ranOn = Collections.synchronizedList(new ArrayList<>());
    try (var pool = builder().open()) {
      assertEquals(3, recorder.track(pool.submit(breaks(2, ranOn))).get(20, SECONDS));
      PoolStats stats = pool.stats();
      assertEquals(1, stats.submitted());
      assertEquals(1, stats.succeeded());
      assertEquals(0, stats.failed());
      assertAddsUp(stats);
    }
    assertEquals(3, new HashSet<>(ranOn).size(), "each time another worker");
    assertTrue(recorder.opened.size() <= workers + 2, recorder.opened::toString);
  }

  @Test
  void aJobThatHasBrokenAsManyWorkersAsItMayFailsWithTheLastCause() throws Exception {
    List<Recorded> ranOn = Collections.synchronizedList(new ArrayList<>());
    try (var pool = builder().open()) {
      var poison = recorder.track(pool.submit(breaks(100, ranOn)));
      ExecutionException e = assertThrows(ExecutionException.class, () -> poison.get(20, SECONDS));
      assertEquals("broken 3", e.getCause().getMessage());
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
    }
    assertEquals(3, ranOn.size());
  }

  /** A worker may throw one and the same exception for ever: it must not grow. */
  @Test
  void whatWorkersThrowStaysAsItIs() throws Exception {
    var shared = new WorkerBrokenException("one and the same");
    try (var pool = builder().open()) {
      for (int i = 0; i < 20; i++) {
        AtomicInteger runs = new AtomicInteger();
        var poison =
            recorder.track(
                pool.submit(_ -> {
                  if (runs.incrementAndGet() < 3) {
                    throw new WorkerBrokenException("another");
                  }
                  throw shared;
                }));
        var e = assertThrows(ExecutionException.class, () -> poison.get(20, SECONDS));
        assertSame(shared, e.getCause());
      }
    }
    assertEquals(0, shared.getSuppressed().length);
  }

  @Test
  void aJobThatFailsIsNotTriedAgain() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (var pool = builder().open()) {
      var failing =
          recorder.track(
              pool.submit(_ -> {
                runs.incrementAndGet();
                throw new IllegalArgumentException("bad job");
              }));
      assertThrows(ExecutionException.class, () -> failing.get(20, SECONDS));
    }
    assertEquals(1, runs.get());
  }

  @Test
  void placesOfABatchAreTriedAgain() throws Exception {
    try (var pool = builder().open()) {
      List<Task> tasks = new ArrayList<>(IntStream.range(0, 30).mapToObj(Task::of).toList());
      tasks.set(4, breaks(2, Collections.synchronizedList(new ArrayList<>())));
      tasks.set(29, breaks(1, Collections.synchronizedList(new ArrayList<>())));
      List<Object> results = pool.map(tasks);
      assertEquals(3, results.get(4));
      assertEquals(2, results.get(29));
      assertEquals(28, results.get(28));
      tasks.set(5, breaks(3, Collections.synchronizedList(new ArrayList<>())));
      tasks.set(4, Task.of(4));
      tasks.set(29, Task.of(29));
      var failed = assertInstanceOf(Outcome.Failed.class, pool.mapAll(tasks).get(5));
      assertEquals("broken 3", failed.cause().getMessage());
      assertAddsUp(pool.stats());
    }
  }

  @Test
  void aPlaceOfABatchThatBreaksItsWorkerHasItReplaced() throws Exception {
    try (var pool = builder().maxAttempts(1).open()) {
      List<Task> tasks = new ArrayList<>(IntStream.range(0, 30).mapToObj(Task::of).toList());
      tasks.set(4, breaks(1, new ArrayList<>()));
      assertInstanceOf(Outcome.Failed.class, pool.mapAll(tasks).get(4));
      Await.until("it is replaced", () -> recorder.opened.size() == workers + 1);
    }
    assertEquals(1, recorder.opened.stream().filter(w -> w.finishes.get() == 0).count());
  }

  @Test
  void aKeyedJobKeepsItsSlotAndPlace() throws Exception {
    List<Recorded> ranOn = Collections.synchronizedList(new ArrayList<>());
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    try (var pool = builder().open()) {
      Task breaking = breaks(2, ranOn);
      List<CompletableFuture<Object>> futures = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        int number = i;
        futures.add(
            recorder.track(
                pool.submit(
                    "key",
                    worker -> {
                      Object result = number == 2 ? breaking.run(worker) : number;
                      order.add(number);
                      return result;
                    })));
      }
      for (var future : futures) {
        Object _ = future.get(20, SECONDS);
      }
    }
    assertEquals(IntStream.range(0, 10).boxed().toList(), order);
    assertEquals(1, ranOn.stream().map(worker -> worker.context.index()).distinct().count());
  }

  @Test
  void whatAJobBrokeItsWorkerWithIsNotKeptWhenItIsOver() throws Exception {
    try (var pool = builder().open()) {
      List<WeakReference<Throwable>> causes = new ArrayList<>();
      var future = recorder.track(pool.submit(breaksOnce(causes)));
      assertEquals("done", future.get(20, SECONDS));
      Recorder.awaitCleared(causes);
      assertEquals("done", future.join(), "it is kept");
    }
  }

  @Test
  void aBulkCallOfWhichAJobBrokeItsWorkerIsNotKeptWhenItIsOver() throws Exception {
    try (var pool = builder().open()) {
      List<WeakReference<Throwable>> causes = new ArrayList<>();
      List<WeakReference<Object>> results = new ArrayList<>();
      pool.map(List.of(breaksOnce(causes), _ -> new Object()))
          .forEach(result -> results.add(new WeakReference<>(result)));
      results.removeIf(result -> result.get() instanceof String); // a constant
      Recorder.awaitCleared(causes);
      Recorder.awaitCleared(results);
    }
  }

  private static Task breaksOnce(List<WeakReference<Throwable>> causes) {
    return _ -> {
      if (!causes.isEmpty()) {
        return "done";
      }
      WorkerBrokenException cause = new WorkerBrokenException("broken");
      causes.add(new WeakReference<>(cause));
      throw cause;
    };
  }

  @Test
  void aJobWhoseSlotStaysEmptyFailsWithWhatItBrokeItsWorkerWith() throws Exception {
    var release = new CountDownLatch(1);
    var pool =
        builder().openTimeout(Duration.ofMillis(500)).cancelGrace(Duration.ofMillis(20)).open();
    recorder.onOpen = _ -> PoolBrokenTest.awaitUninterruptibly(release);
    var broken = recorder.track(pool.submit("key", breaks(100, new ArrayList<>())));
    var behind = recorder.track(pool.submit("key", Task.of(1)));
    var e = assertThrows(ExecutionException.class, () -> broken.get(20, SECONDS));
    assertEquals("broken 1", e.getCause().getMessage());
    assertInstanceOf(
        PoolBrokenException.class,
        assertThrows(ExecutionException.class, () -> behind.get(20, SECONDS)).getCause());
    release.countDown();
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(2, report.failed(), report::toString);
  }

  @Test
  void aJobThatWaitsToBeTriedAgainCanBeCancelledAndReturned() throws Exception {
    var pool = builder().openTimeout(Duration.ofSeconds(20)).open();
    recorder.onOpen =
        _ -> {
          throw new IllegalStateException("none any more");
        };
    List<CompletableFuture<Object>> futures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      futures.add(recorder.track(pool.submit(breaks(100, new ArrayList<>()))));
    }
    Await.until(
        "every worker is closed",
        () -> recorder.opened.stream().allMatch(worker -> worker.closes.get() == 1));
    assertAddsUp(pool.stats());
    var cancelled = futures.stream().filter(future -> !future.isDone()).findFirst().orElseThrow();
    assertTrue(cancelled.cancel(true));
    CloseReport report = pool.shutdownNow();
    assertAddsUp(report);
    assertEquals(workers, report.submitted());
    assertEquals(1, report.cancelled());
  }
}
