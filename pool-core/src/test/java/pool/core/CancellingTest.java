package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** How jobs of every pool are cancelled, and what else is not as it should be. */
@SuppressWarnings("try")
class CancellingTest extends PoolContract {

  @Test
  void cancellingAWaitingJobWithdrawsIt() throws Exception {
    try (var pool = open()) {
      occupyAll(pool);
      AtomicInteger ran = new AtomicInteger();
      var waiting = recorder.track(pool.submit(_ -> ran.incrementAndGet()));
      assertTrue(waiting.cancel(false));
      assertTrue(waiting.isCancelled());
      release.countDown();
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(0, ran.get());
      assertEquals(1, pool.stats().cancelled());
    }
  }

  @Test
  void cancelWithInterruptStopsTheRunAndPingsTheWorker() throws Exception {
    try (var pool = open()) {
      List<CompletableFuture<Object>> running = occupyAll(pool);
      running.forEach(future -> assertTrue(future.cancel(true)));
      // every slot has a job after the stopped one
      IntStream.range(0, workers * 2)
          .forEach(i -> assertEquals(i, recorder.track(pool.submit(Task.of(i))).join()));
      assertEquals(workers, pool.stats().cancelled());
    }
    for (Recorded worker : recorder.opened) {
      assertTrue(worker.cancels.get() <= 1);
      assertEquals(1, worker.pings.get());
    }
  }

  @Test
  void aWorkerStartsNothingWhileItsCancelIsUnderWay() throws Exception {
    CountDownLatch cancelling = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    recorder.onCancel =
        _ -> {
          cancelling.countDown();
          assertTrue(mayReturn.await(20, SECONDS));
        };
    try (var pool = builder().workers(1).open()) {
      CountDownLatch started = new CountDownLatch(1);
      var running =
          recorder.track(
              pool.submit(_ -> {
                started.countDown();
                return cancelling.await(20, SECONDS); // returns by itself while cancel is under way
              }));
      var next = recorder.track(pool.submit(Task.of("next")));
      assertTrue(started.await(20, SECONDS));
      running.cancel(true);
      assertTrue(cancelling.await(20, SECONDS));
      assertThrows(TimeoutException.class, () -> next.get(100, TimeUnit.MILLISECONDS));
      mayReturn.countDown();
      assertEquals("next", next.get(20, SECONDS));
    }
  }

  @Test
  void aCancelThatHangsIsAbandonedWithItsWorker() throws Exception {
    CountDownLatch cancelling = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    recorder.onCancel =
        _ -> {
          cancelling.countDown();
          assertTrue(mayReturn.await(20, SECONDS));
        };
    var pool = builder().workers(1).cancelGrace(Duration.ofMillis(200)).open();
    CountDownLatch started = new CountDownLatch(1);
    var running =
        recorder.track(
            pool.submit(_ -> {
              started.countDown();
              return cancelling.await(20, SECONDS); // returns by itself while cancel is under way
            }));
    var next = recorder.track(pool.submit(Task.of("next")));
    assertTrue(started.await(20, SECONDS));
    running.cancel(true);
    assertEquals("next", next.get(20, SECONDS), "by another worker in its slot");
    mayReturn.countDown();
    assertEquals(1, pool.shutdown(Duration.ofSeconds(20)).abandoned().size());
  }

  @Test
  void aWithdrawnJobMakesRoomForASubmitterThatWaits() throws Exception {
    try (var pool = builder().queueCapacity(1).open()) {
      occupyAll(pool);
      var waiting = recorder.track(pool.submit(Task.of("withdrawn")));
      var submitter =
          CompletableFuture.supplyAsync(
              () -> recorder.track(pool.submit(Task.of("has room"))),
              task -> Thread.ofPlatform().start(task));
      assertThrows(TimeoutException.class, () -> submitter.get(50, TimeUnit.MILLISECONDS));
      waiting.cancel(false);
      var accepted = submitter.get(20, SECONDS); // though every worker is still occupied
      release.countDown();
      assertEquals("has room", accepted.get(20, SECONDS));
    }
  }

  @Test
  void cancelWithoutInterruptDropsTheResultAndLetsTheRunEnd() throws Exception {
    try (var pool = open()) {
      List<CompletableFuture<Object>> running = occupyAll(pool);
      assertTrue(running.getFirst().cancel(false));
      assertThrows(CancellationException.class, running.getFirst()::join);
      release.countDown();
    }
    recorder.opened.forEach(worker -> assertEquals(0, worker.cancels.get()));
  }

  @Test
  @Tag("long")
  void whoCancelsWhileThePoolClosesHasDoneSoWhenItIsClosed() throws Exception {
    for (int round = 0; round < 100; round++) {
      Thread owner;
      try (var pool = open()) {
        CountDownLatch go = new CountDownLatch(1);
        var running = recorder.track(pool.submit(_ -> go.await(20, SECONDS)));
        owner =
            Thread.ofPlatform()
                .start(() -> {
                  go.countDown();
                  running.cancel(false);
                });
      }
      assertTrue(recorder.futures.stream().allMatch(Future::isDone), "the pool is closed");
      owner.join();
    }
  }

  @Test
  void completingByHandAndOrTimeoutCountAsCancelling() throws Exception {
    try (var pool = open()) {
      List<CompletableFuture<Object>> running = occupyAll(pool);
      var late = recorder.track(pool.submit(Task.of(1)).orTimeout(1, TimeUnit.MILLISECONDS));
      var byHand = recorder.track(pool.submit(Task.of(2)));
      byHand.completeAsync(() -> 3);
      assertEquals(3, byHand.get(20, SECONDS));
      assertFalse(byHand.complete("again"));
      ExecutionException e = assertThrows(ExecutionException.class, () -> late.get(20, SECONDS));
      assertInstanceOf(TimeoutException.class, e.getCause());
      assertTrue(running.getFirst().complete("by hand")); // and stops its run
      assertEquals("by hand", running.getFirst().join());
      release.countDown();
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(3, pool.stats().cancelled());
    }
  }

  @Test
  void cancellingADependentDoesNotReachTheJob() {
    try (var pool = open()) {
      var job = recorder.track(pool.submit(_ -> release.await(20, SECONDS)));
      assertTrue(job.thenApply(result -> result).cancel(true));
      release.countDown();
      assertEquals(true, job.join());
    }
  }

  @Test
  void noInterruptReachesAnotherJob() {
    try (var pool = builder().queueCapacity(10_000).open()) {
      for (int i = 0; i < 2_000; i++) {
        var victim =
            recorder.track(
                pool.submit(_ -> {
                  if (ThreadLocalRandom.current().nextBoolean()) {
                    Thread.currentThread().interrupt(); // left set
                  }
                  return null;
                }));
        recorder.track(
            pool.submit(_ -> {
              if (Thread.currentThread().isInterrupted()) {
                recorder.violations.add("an interrupt reached another job");
              }
              return null;
            }));
        victim.cancel(true);
      }
      assertTrue(pool.awaitIdle(Duration.ofSeconds(30)));
      assertEquals(4_000, pool.stats().succeeded() + pool.stats().cancelled());
    }
  }

  @Test
  void aCallbackMayWaitForAnotherFutureThatTheSameCloseReturned() throws Exception {
    var pool = builder().cancelGrace(Duration.ofSeconds(1)).open();
    occupyAll(pool);
    List<CompletableFuture<Object>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(recorder.track(pool.submit(Task.of(i))));
    }
    List<CompletableFuture<Void>> chained = new ArrayList<>();
    for (var future : waiting) {
      chained.add(
          future.handle((_, _) -> {
            waiting.forEach(other -> other.cancel(true));
            waiting.stream()
                .filter(other -> other != future)
                .forEach(CompletableFuture::exceptionNow);
            return null;
          }));
      chained.add(
          future.handle((_, _) -> {
            waiting.forEach(other -> assertThrows(RuntimeException.class, other::join));
            return null;
          }));
    }
    assertEquals(3, pool.shutdownNow().notStarted());
    for (var each : chained) {
      assertNull(each.get(20, SECONDS));
    }
  }

  @Test
  void aJobForAnyWorkerDoesNotWaitBehindOneForItsOwn() throws Exception {
    for (int round = 0; round < 50; round++) {
      try (var pool = builder().workers(2).distribution(Distribution.SHARED).open()) {
        CountDownLatch free = new CountDownLatch(1);
        var first = recorder.track(pool.submit(_ -> release(free)));
        var keyed = recorder.track(pool.submit("key", _ -> free.await(20, SECONDS)));
        assertEquals(true, keyed.get(20, SECONDS));
        first.get(20, SECONDS);
      }
    }
  }

  private static boolean release(CountDownLatch latch) {
    latch.countDown();
    return true;
  }

  @Test
  void aCloseInterruptsARunThatWasCancelledGently() throws Exception {
    var pool = open();
    List<CompletableFuture<Object>> running = occupyAll(pool);
    running.forEach(future -> future.cancel(false));
    CloseReport report = pool.shutdownNow();
    assertEquals(List.of(), report.abandoned());
  }

  @Test
  void aReplacementThatHangsIsInterruptedWhenNobodyWantsIt() throws Exception {
    var pool = builder().workers(1).open();
    CountDownLatch opening = new CountDownLatch(1);
    recorder.onOpen =
        _ -> {
          opening.countDown();
          new CountDownLatch(1).await();
        };
    recorder.track(
        pool.submit(_ -> {
          throw new pool.api.WorkerBrokenException("connection reset");
        }));
    assertTrue(opening.await(20, SECONDS));
    assertEquals(WorkerState.OPENING, pool.stats().workers().getFirst().state());
    assertTrue(pool.shutdown(Duration.ofSeconds(20)).isClean());
  }

  @Test
  void noInterruptReachesFinish() {
    try (var pool = open()) {
      for (int i = 0; i < 2 * workers; i++) {
        recorder
            .track(pool.submit(Task.of(i)))
            .whenComplete((_, _) -> Thread.currentThread().interrupt())
            .join();
      }
      boolean _ = Thread.interrupted(); // a callback may have run here
      recorder.opened.forEach(worker -> worker.thread.interrupt());
      recorder.onFinish =
          _ -> {
            if (Thread.currentThread().isInterrupted()) {
              recorder.violations.add("an interrupt reached finish");
            }
          };
    }
    assertEquals(workers, recorder.opened.stream().mapToInt(worker -> worker.finishes.get()).sum());
  }

  @Test
  void aWorkerMayThrowACancellationException() {
    Task thrower =
        _ -> {
          throw new CancellationException("by the worker");
        };
    try (var pool = open()) {
      assertInstanceOf(Outcome.Failed.class, pool.mapAll(List.of(thrower)).getFirst());
      var outcome = pool.streamUnordered(Stream.of(thrower)).findFirst().orElseThrow();
      assertInstanceOf(Outcome.Failed.class, outcome);
      assertEquals(2, pool.stats().failed());
      var future = pool.submit(thrower);
      var e = assertThrows(ExecutionException.class, future::get);
      assertEquals("by the worker", e.getCause().getMessage());
      assertThrows(ExecutionException.class, () -> future.get(1, SECONDS));
      assertThrows(CompletionException.class, future::join);
      assertEquals("by the worker", future.exceptionNow().getMessage());
      assertThrows(IllegalStateException.class, future::resultNow);
      assertEquals(Future.State.FAILED, future.state());
      assertFalse(future.isCancelled());
      assertFalse(future.cancel(true));
    }
  }

  @Test
  void anInterruptedConsumerOfAStreamStillWaitsForItsRuns() throws Exception {
    try (var pool = open()) {
      AtomicInteger inside = new AtomicInteger();
      CountDownLatch started = new CountDownLatch(1);
      Task slow =
          _ -> {
            inside.incrementAndGet();
            started.countDown();
            try {
              return release.await(20, SECONDS);
            } catch (InterruptedException e) {
              LockSupport.parkNanos(20_000_000); // is slow to stop
              throw e;
            } finally {
              inside.decrementAndGet();
            }
          };
      Thread consumer = Thread.currentThread();
      CompletableFuture<Void> interrupter =
          CompletableFuture.runAsync(() -> {
            try {
              assertTrue(started.await(20, SECONDS));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            consumer.interrupt();
          });
      assertThrows(
          PoolInterruptedException.class,
          () -> pool.streamUnordered(Stream.generate(() -> slow)).forEach(_ -> {}));
      assertTrue(Thread.interrupted());
      assertEquals(0, inside.get());
      interrupter.get(20, SECONDS);
    }
  }

  @Test
  void aBrokenWorkerIsClosedAndReplacedInItsSlot() {
    try (var pool = open()) {
      var breaking =
          recorder.track(
              pool.submit(_ -> {
                throw new pool.api.WorkerBrokenException("connection reset");
              }));
      assertThrows(Exception.class, breaking::join);
      var error =
          recorder.track(
              pool.submit(_ -> {
                throw new StackOverflowError();
              }));
      assertThrows(Exception.class, error::join);
      IntStream.range(0, 3 * workers)
          .forEach(i -> assertEquals(i, recorder.track(pool.submit(Task.of(i))).join()));
      assertEquals(2, pool.stats().failed());
      Await.until("both are replaced", () -> recorder.opened.size() >= workers + 2);
      awaitState(pool, PoolState.OPEN);
    }
    assertEquals(workers + 2, recorder.opened.size());
    assertEquals(workers, recorder.opened.stream().mapToInt(worker -> worker.finishes.get()).sum());
  }

  @Test
  void callbacksThatThrowOrSubmitHarmNobody() throws Exception {
    try (var pool = open()) {
      AtomicReference<CompletableFuture<Object>> chained = new AtomicReference<>();
      CountDownLatch ran = new CountDownLatch(1);
      var job = recorder.track(pool.submit(_ -> release.await(20, SECONDS)));
      job.thenRun(() -> {
        chained.set(recorder.track(pool.submit(Task.of("chained"))));
        ran.countDown();
        throw new IllegalStateException("callback");
      });
      release.countDown();
      assertTrue(ran.await(20, SECONDS));
      assertEquals("chained", chained.get().get(20, SECONDS));
    }
  }
}
