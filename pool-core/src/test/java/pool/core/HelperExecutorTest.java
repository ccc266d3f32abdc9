package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Recorder.Task;

/**
 * The owners of jobs that a stop has settled are told, and runs are stopped, whatever is chained
 * and whatever a worker's {@code cancel} does; and that takes few threads.
 */
@Timeout(60)
@SuppressWarnings("try")
class HelperExecutorTest {

  private final Recorder recorder = new Recorder();
  private final int carriers = Runtime.getRuntime().availableProcessors();
  private final AtomicReference<Boolean> release = new AtomicReference<>(false);
  private final List<CompletableFuture<Object>> busy = new ArrayList<>();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  /** A pool whose workers have all carriers to themselves until {@link #release}. */
  private WorkerPool<Task, Object> openBusy(Duration cancelGrace) throws Exception {
    CountDownLatch running = new CountDownLatch(carriers);
    var pool = WorkerPool.of(recorder).workers(carriers).cancelGrace(cancelGrace).open();
    for (int i = 0; i < carriers; i++) {
      busy.add(
          recorder.track(
              pool.submit(_ -> {
                running.countDown();
                while (!release.get()) {
                  Thread.onSpinWait();
                }
                return "late";
              })));
    }
    assertTrue(running.await(20, SECONDS));
    return pool;
  }

  @Test
  void busyJobsThatHaveEveryCarrierDoNotHoldBackWhatIsChained() throws Exception {
    var pool = openBusy(Duration.ofSeconds(2));
    List<CompletableFuture<Object>> chained = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      chained.add(recorder.track(pool.submit(Task.of(i)).whenComplete((_, _) -> {})));
    }
    CloseReport report = pool.shutdown(Duration.ZERO);
    long told = chained.stream().filter(CompletableFuture::isDone).count();
    release.set(true);
    assertEquals(100, told);
    assertEquals(carriers, report.abandoned().size());
  }

  /** What is left to virtual threads then never begins: the close does not wait for it for ever. */
  @Test
  void busyJobsThatHaveEveryCarrierAndCallbacksThatBlockDoNotHoldUpTheClose() throws Exception {
    CountDownLatch callbacks = new CountDownLatch(1);
    var pool = openBusy(Duration.ofMillis(200));
    List<CompletableFuture<Object>> chained = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      chained.add(
          recorder.track(
              pool.submit(Task.of(i))
                  .whenComplete((_, _) -> PoolBrokenTest.awaitUninterruptibly(callbacks))));
    }
    CloseReport report = pool.shutdown(Duration.ZERO);
    release.set(true);
    callbacks.countDown();
    assertEquals(carriers, report.abandoned().size());
    assertEquals(40, report.notStarted());
    for (CompletableFuture<Object> future : chained) {
      assertInstanceOf(
          PoolClosedException.class,
          future
              .handle((_, e) -> e instanceof CompletionException ? e.getCause() : e)
              .get(20, SECONDS));
    }
    for (CompletableFuture<Object> future : busy) { // told by a virtual thread, perhaps
      assertTrue(future.handle((_, _) -> true).get(20, SECONDS));
    }
  }

  @Test
  void withoutGraceEveryFutureIsDoneAllTheSame() throws Exception {
    for (int round = 0; round < 50; round++) {
      CountDownLatch release = new CountDownLatch(1);
      var pool = WorkerPool.of(recorder).workers(1).cancelGrace(Duration.ZERO).open();
      recorder.track(pool.submit(_ -> release.await(20, SECONDS)));
      List<CompletableFuture<?>> futures = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        var future = pool.submit(Task.of(i));
        futures.add(future);
        futures.add(future.whenComplete((_, _) -> {}));
      }
      CloseReport report = pool.shutdown(Duration.ZERO);
      long open = futures.stream().filter(future -> !future.isDone()).count();
      release.countDown();
      assertEquals(0, open, () -> report + " in a round");
    }
  }

  /** Their workers have settled them, and are about to complete their futures. */
  @Test
  void withoutGraceEveryFutureIsDoneThatAWorkerHasJustSettled() {
    for (int round = 0; round < 200; round++) {
      var pool = WorkerPool.of(recorder).workers(8).cancelGrace(Duration.ZERO).open();
      List<CompletableFuture<Object>> futures = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        futures.add(pool.submit(Task.of(i)));
      }
      CloseReport report = pool.shutdownNow();
      long open = futures.stream().filter(future -> !future.isDone()).count();
      assertEquals(0, open, report::toString);
    }
  }

  @Test
  void whatIsChainedMayWaitForTheClose() throws Exception {
    var pool = WorkerPool.of(recorder).workers(1).cancelGrace(Duration.ofMillis(200)).open();
    var blocker = recorder.track(pool.submit(_ -> new CountDownLatch(1).await(20, SECONDS)));
    var closed =
        recorder.track(
            pool.submit(Task.of(1)).handle((_, e) -> List.of(e, pool.shutdown(Duration.ZERO))));
    CloseReport report = pool.shutdown(Duration.ZERO);
    assertTrue(blocker.isDone());
    List<Object> seen = closed.get(20, SECONDS);
    assertInstanceOf(PoolClosedException.class, seen.getFirst());
    assertEquals(report, seen.getLast());
  }

  /** What is chained just as the futures are completed may block whoever completes them. */
  @Test
  @Tag("long")
  void whatIsChainedWhileTheyAreCompletedHoldsBackNone() throws Exception {
    int jobs = 20_000;
    for (int round = 0; round < 10; round++) {
      var pool =
          WorkerPool.of(recorder)
              .workers(1)
              .queueCapacity(jobs)
              .cancelGrace(Duration.ofSeconds(10)) // which the close then has for the futures, too
              .open();
      var blocker = recorder.track(pool.submit(_ -> new CountDownLatch(1).await(20, SECONDS)));
      List<CompletableFuture<Object>> futures = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        futures.add(pool.submit(Task.of(i)));
      }
      CompletableFuture<Object> last = futures.getLast();
      AtomicReference<Boolean> over = new AtomicReference<>(false);
      Thread chaining =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < jobs - 1 && !over.get(); i++) {
                  if (!futures.get(i).isDone()) {
                    var _ = futures.get(i).whenComplete((_, _) -> last.handle((_, _) -> 1).join());
                  }
                }
              });
      CloseReport report = pool.shutdown(Duration.ZERO);
      long open = futures.stream().filter(future -> !future.isDone()).count();
      over.set(true);
      assertEquals(0, open, () -> report.toString());
      assertTrue(chaining.join(Duration.ofSeconds(20)));
      assertTrue(blocker.isDone());
    }
  }

  private static long helpers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("recorder-[a-z]+"))
        .filter(thread -> !thread.getName().equals("recorder-supervisor"))
        .count();
  }

  /** A pool of so many workers, each of which runs a job until it is interrupted. */
  private List<CompletableFuture<Object>> runUntilInterrupted(
      WorkerPool<Task, Object> pool, int workers, CountDownLatch interrupted) throws Exception {
    CountDownLatch running = new CountDownLatch(workers);
    List<CompletableFuture<Object>> futures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      futures.add(
          recorder.track(
              pool.submit(_ -> {
                running.countDown();
                try {
                  return new CountDownLatch(1).await(50, SECONDS);
                } catch (InterruptedException e) {
                  interrupted.countDown();
                  throw e;
                }
              })));
    }
    assertTrue(running.await(20, SECONDS));
    return futures;
  }

  @ParameterizedTest
  @EnumSource(ThreadKind.class)
  void cancelsThatHangHoldAtMostSixteenThreadsAndBeginAllTheSame(ThreadKind threads)
      throws Exception {
    int workers = 40;
    CountDownLatch cancelled = new CountDownLatch(workers);
    CountDownLatch goOn = new CountDownLatch(1);
    recorder.onCancel =
        _ -> {
          cancelled.countDown();
          PoolBrokenTest.awaitUninterruptibly(goOn);
        };
    try (var pool =
        WorkerPool.of(recorder)
            .workers(workers)
            .threads(threads)
            .cancelGrace(Duration.ofSeconds(30))
            .open()) {
      var interrupted = new CountDownLatch(workers);
      var futures = runUntilInterrupted(pool, workers, interrupted);
      futures.forEach(future -> future.cancel(true));
      assertTrue(cancelled.await(20, SECONDS), () -> cancelled.getCount() + " wait");
      assertTrue(helpers() <= 16, () -> helpers() + " helpers");
      assertEquals(workers, interrupted.getCount(), "an interrupt comes after the cancel");
      goOn.countDown();
      assertTrue(interrupted.await(20, SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource(ThreadKind.class)
  void aCrowdOfTimeOutsWhoseCallbacksBlockIsToldAndStopped(ThreadKind threads) throws Exception {
    int workers = 1_000;
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch told = new CountDownLatch(workers);
    try (var pool =
        WorkerPool.of(recorder)
            .workers(workers)
            .threads(threads)
            .jobTimeout(Duration.ofMillis(500))
            .open()) {
      var interrupted = new CountDownLatch(workers);
      var futures = runUntilInterrupted(pool, workers, interrupted);
      Thread test = Thread.currentThread();
      futures.forEach(future ->
          future.whenComplete((_, _) -> {
            told.countDown();
            if (!Thread.currentThread().equals(test)) { // on a busy machine it may be late
              PoolBrokenTest.awaitUninterruptibly(goOn);
            }
          }));
      assertTrue(told.await(20, SECONDS), () -> told.getCount() + " are not told");
      assertTrue(interrupted.await(20, SECONDS), () -> interrupted.getCount() + " run on");
      assertTrue(helpers() <= 16, () -> helpers() + " helpers");
      for (var future : futures) {
        assertInstanceOf(TimeoutException.class, future.exceptionNow());
      }
      goOn.countDown();
    }
  }
}
