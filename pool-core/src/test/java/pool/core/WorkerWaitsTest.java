package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.WorkerBrokenException;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** Workers that wait for their own pool. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsAndDistributions")
@Timeout(60)
@SuppressWarnings("try")
class WorkerWaitsTest {

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  private final Recorder recorder = new Recorder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  private WorkerPool.Builder<Task, Object> builder(int workers) {
    return WorkerPool.of(recorder).threads(threads).distribution(distribution).workers(workers);
  }

  private static void assertRefused(CompletableFuture<?> future) {
    assertRefused(IllegalStateException.class, future);
  }

  private static void assertRefused(Class<? extends Exception> type, CompletableFuture<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
    Exception cause = assertInstanceOf(type, e.getCause());
    assertTrue(cause.getMessage().contains("would wait for ever"), cause.getMessage());
  }

  @Test
  void theOnlyWorkerMayNotWaitForAJobOfItsOwnPool() throws Exception {
    try (var pool = builder(1).open()) {
      assertRefused(
          recorder.track(pool.submit(_ -> recorder.track(pool.submit(Task.of(1))).join())));
      assertRefused(
          recorder.track(pool.submit(_ -> recorder.track(pool.submit(Task.of(1))).get())));
      assertRefused(recorder.track(pool.submit(_ -> pool.map(List.of(Task.of(1))))));
      assertRefused(recorder.track(pool.submit(_ -> pool.mapAll(List.of(Task.of(1))))));
      assertRefused(recorder.track(pool.submit(_ -> pool.stream(Stream.of(Task.of(1))).toList())));
      assertRefused(
          recorder.track(pool.submit(_ -> pool.streamUnordered(Stream.of(Task.of(1))).toList())));
      assertRefused(
          recorder.track(pool.submit(_ -> Stream.of(Task.of(1)).gather(pool.asDone()).toList())));
      assertEquals(2, recorder.track(pool.submit(Task.of(2))).get(20, SECONDS));
    }
  }

  @Test
  void theOnlyWorkerMayNotWaitForAPlaceInTheQueue() throws Exception {
    try (var pool = builder(1).queueCapacity(1).open()) {
      assertRefused(
          QueueFullException.class,
          recorder.track(
              pool.submit(_ -> {
                recorder.track(pool.submit(Task.of(1)));
                return recorder.track(pool.submit(Task.of(2)));
              })));
    }
  }

  @Test
  void aWorkerMayWaitWhileAnotherCanDoTheJob() throws Exception {
    try (var pool = builder(2).open()) {
      for (int i = 0; i < 200; i++) {
        // Dealt evenly, two jobs in a row are for different slots.
        var outer =
            recorder.track(pool.submit(_ -> recorder.track(pool.submit(Task.of("inner"))).join()));
        assertEquals("inner", outer.get(20, SECONDS));
      }
    }
  }

  @Test
  void theLastOfManyToWaitIsRefusedAndTheOthersGoOn() throws Exception {
    assumeTrue(distribution == Distribution.SHARED); // dealt evenly, some wait in a ring: not found
    int workers = 3;
    try (var pool = builder(workers).open()) {
      CyclicBarrier allRun = new CyclicBarrier(workers);
      List<CompletableFuture<Object>> outers = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        outers.add(
            recorder.track(
                pool.submit(_ -> {
                  allRun.await(20, SECONDS);
                  return recorder.track(pool.submit(Task.of("inner"))).join();
                })));
      }
      int refused = 0;
      for (var outer : outers) {
        try {
          assertEquals("inner", outer.get(20, SECONDS));
        } catch (ExecutionException e) {
          assertInstanceOf(IllegalStateException.class, e.getCause());
          refused++;
        }
      }
      assertEquals(1, refused);
    }
  }

  @Test
  void workersThatWaitForEachOtherInARingAreFound() throws Exception {
    try (var pool = builder(2).open()) {
      CompletableFuture<CompletableFuture<Object>> second = new CompletableFuture<>();
      CountDownLatch bothRun = new CountDownLatch(2);
      CompletableFuture<CompletableFuture<Object>> first = new CompletableFuture<>();
      first.complete(
          recorder.track(
              pool.submit(_ -> {
                bothRun.countDown();
                bothRun.await();
                return second.join().join();
              })));
      second.complete(
          recorder.track(
              pool.submit(_ -> {
                bothRun.countDown();
                bothRun.await();
                return first.join().join();
              })));
      // One is told; the other then sees its failure.
      for (var future : List.of(first.join(), second.join())) {
        ExecutionException e =
            assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
        Throwable cause = e.getCause();
        while (!(cause instanceof IllegalStateException)) {
          cause = cause.getCause();
        }
      }
    }
  }

  @Test
  void aKeyedJobForAWaitingSlotIsFoundThoughAnotherWorkerIsFree() throws Exception {
    try (var pool = builder(2).open()) {
      assertRefused(
          recorder.track(
              pool.submit("key", _ -> recorder.track(pool.submit("key", Task.of(1))).join())));
    }
  }

  /** How a job waits for others of its own pool. */
  private interface Wait {
    Object on(WorkerPool<Task, Object> pool) throws Exception;
  }

  @Test
  @Tag("long")
  void aWaitThatAnEmptySlotMakesEndlessIsEnded() throws Exception {
    assertEnds(pool -> recorder.track(pool.submit(Task.of(1))).join(), PoolBrokenException.class);
    if (distribution == Distribution.SHARED) { // else one is for the slot of the job that waits
      assertEnds(pool -> pool.map(List.of(Task.of(1), Task.of(2))), PoolBrokenException.class);
      assertEnds(
          pool -> {
            recorder.track(pool.submit(Task.of(1)));
            return recorder.track(pool.submit(Task.of(2)));
          },
          QueueFullException.class);
    }
  }

  private void assertEnds(Wait wait, Class<?> failure) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CyclicBarrier bothRun = new CyclicBarrier(2);
    var pool =
        builder(2)
            .queueCapacity(1)
            .openTimeout(Duration.ofMillis(500))
            .cancelGrace(Duration.ofMillis(20))
            .open();
    recorder.onOpen = _ -> PoolBrokenTest.awaitUninterruptibly(release);
    recorder.track(
        pool.submit(_ -> {
          bothRun.await(20, SECONDS);
          throw new WorkerBrokenException("gone");
        }));
    var waits =
        recorder.track(
            pool.submit(_ -> {
              bothRun.await(20, SECONDS);
              return wait.on(pool);
            }));
    try {
      Throwable cause = assertThrows(ExecutionException.class, () -> waits.get(20, SECONDS));
      while (cause != null && !failure.isInstance(cause)) {
        cause = cause.getCause();
      }
      assertInstanceOf(failure, cause);
      CloseReport report = pool.shutdown(Duration.ofSeconds(20));
      assertEquals(3, report.abandoned().size(), report::toString);
    } finally {
      release.countDown();
      recorder.onOpen = _ -> {};
    }
  }

  @Test
  void waitsWithATimeOutAreNotJudged() throws Exception {
    try (var pool = builder(1).open()) {
      var outer =
          recorder.track(
              pool.submit(_ -> {
                var inner = recorder.track(pool.submit(Task.of(1)));
                assertThrows(TimeoutException.class, () -> inner.get(1, MILLISECONDS));
                return "ended";
              }));
      assertEquals("ended", outer.get(20, SECONDS));
    }
  }

  @Test
  void aWaitThatATimeOutOfTheFutureEndsIsNotJudged() throws Exception {
    try (var pool = builder(1).open()) {
      var outer =
          recorder.track(
              pool.submit(_ -> {
                var inner = recorder.track(pool.submit(Task.of(1))).orTimeout(1, MILLISECONDS);
                var e = assertThrows(ExecutionException.class, inner::get);
                assertInstanceOf(TimeoutException.class, e.getCause());
                var other = recorder.track(pool.submit(Task.of(1)));
                return other.completeOnTimeout("instead", 1, MILLISECONDS).join();
              }));
      assertEquals("instead", outer.get(20, SECONDS));
    }
  }

  @Test
  void aWaitThatIsOverDoesNotCount() throws Exception {
    try (var pool = builder(2).open()) {
      for (int round = 0; round < 500; round++) {
        var a = recorder.track(pool.submit(_ -> recorder.track(pool.submit(Task.of(1))).join()));
        assertEquals(1, a.get(20, SECONDS)); // two outer jobs at once could be a true deadlock
      }
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(1_000, pool.stats().succeeded());
    }
  }

  @Test
  void aWorkerMayConsumeAStreamWhileAnotherCanDoTheJobs() throws Exception {
    int jobs = 200;
    try (var pool = builder(2).open()) {
      var outer =
          recorder.track(
              pool.submit(_ -> {
                var tasks = IntStream.range(0, jobs).mapToObj(Task::of);
                return pool.streamUnordered(tasks).count();
              }));
      if (distribution == Distribution.SHARED) {
        assertEquals((long) jobs, outer.get(20, SECONDS));
      } else {
        assertRefused(outer); // half of them are for the slot that waits
      }
    }
  }

  @Test
  void aRaceThatIsDecidedIsNotRefused() throws Exception {
    assumeTrue(distribution == Distribution.EVEN); // the second is dealt to the slot that waits
    AtomicReference<@Nullable WorkerPool<?, ?>> opened = new AtomicReference<>();
    AtomicInteger submitted = new AtomicInteger();
    JobContext context =
        () -> {
          if (submitted.incrementAndGet() == 3) { // the second of the race
            Await.until("the first has won", () -> opened.get().stats().succeeded() == 1);
          }
          return JobContext.Scope.NONE;
        };
    var builder = WorkerPool.tasks().threads(threads).distribution(distribution).workers(2);
    try (var pool = builder.context(context).open()) {
      opened.set(pool);
      ExecutorService executor = WorkerPool.asExecutorService(pool);
      List<Callable<String>> race = List.of(() -> "first", () -> "second");
      assertEquals("first", executor.submit(() -> executor.invokeAny(race)).get(20, SECONDS));
    }
  }

  @Test
  void aWorkerThatGotAPlaceInTheQueueWaitsNoMore() throws Exception {
    assumeTrue(distribution == Distribution.SHARED); // dealt evenly, the place is behind itself
    try (var pool = builder(2).queueCapacity(1).open()) {
      CountDownLatch bothRun = new CountDownLatch(2);
      CountDownLatch otherGoesOn = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      AtomicReference<@Nullable Recorded> waiting = new AtomicReference<>();
      var other =
          recorder.track(
              pool.submit(_ -> {
                bothRun.countDown();
                return otherGoesOn.await(20, SECONDS);
              }));
      var first =
          recorder.track(
              pool.submit(worker -> {
                bothRun.countDown();
                bothRun.await();
                recorder.track(pool.submit(Task.of("in the only place")));
                waiting.set(worker);
                recorder.track(pool.submit(Task.of("waits for it")));
                waiting.set(null);
                return goOn.await(20, SECONDS);
              }));
      Await.until("it waits for a place", () -> isAsleep(waiting.get()));
      otherGoesOn.countDown();
      assertEquals(true, other.get(20, SECONDS));
      Await.until("it has the place", () -> waiting.get() == null);
      AtomicReference<@Nullable Recorded> joining = new AtomicReference<>();
      var second =
          recorder.track(
              pool.submit(worker -> {
                var inner = recorder.track(pool.submit(Task.of("fills the queue again")));
                joining.set(worker);
                return inner.join(); // the first will do it
              }));
      Await.until("it waits for its job", () -> isAsleep(joining.get()));
      goOn.countDown();
      assertEquals("fills the queue again", second.get(20, SECONDS));
      assertEquals(true, first.get(20, SECONDS));
    }
  }

  private static boolean isAsleep(@Nullable Recorded worker) {
    return worker != null && Await.isWaiting(worker.thread);
  }
}
