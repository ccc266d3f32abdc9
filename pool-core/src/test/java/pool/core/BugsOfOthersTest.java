package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Recorder.Task;

/**
 * Bugs that killed other pools. Those of them that a promise names are tested with it: see
 * docs/promises.md.
 */
@ParameterizedClass
@EnumSource(ThreadKind.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@SuppressWarnings({"try", "removal"}) // of ThreadDeath
class BugsOfOthersTest {

  @Parameter ThreadKind threads;

  private final Recorder recorder = new Recorder();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    recorder.assertAllIsOver();
  }

  private WorkerPool.Builder<Task, Object> builder(int workers) {
    return WorkerPool.of(recorder).threads(threads).workers(workers);
  }

  // Cancelling, closing, submitting

  @Test
  @Tag("long")
  void manyCancelsRacingCompletionsSettleEachJobOnceAndInterruptNoOther() throws Exception {
    int jobs = 100_000;
    AtomicInteger interrupted = new AtomicInteger();
    CloseReport report;
    try (var pool = builder(2).queueCapacity(256).open()) {
      for (int i = 0; i < jobs; i++) {
        var victim = pool.submit(_ -> null);
        var next =
            pool.submit(_ -> {
              if (Thread.currentThread().isInterrupted()) {
                interrupted.incrementAndGet();
              }
              return null;
            });
        for (int spins = ThreadLocalRandom.current().nextInt(200); spins > 0; spins--) {
          Thread.onSpinWait();
        }
        boolean won = victim.cancel(true);
        assertTrue(victim.isDone());
        assertEquals(won, victim.isCancelled());
        recorder.futures.add(next);
      }
      report = pool.shutdown(Duration.ofSeconds(60));
    }
    assertEquals(0, interrupted.get());
    assertEquals(2 * jobs, report.submitted());
    assertEquals(2 * jobs, report.succeeded() + report.cancelled());
    assertTrue(report.isClean(), report::toString);
  }

  @Test
  @Tag("long")
  void closeRacing64SubmittersLosesNoJob() throws Exception {
    int mostRounds = 10_000 / ThreadKind.values().length;
    int enough = 100; // on a busy machine
    long began = System.nanoTime();
    int submitters = 64;
    AtomicInteger accepted = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    AtomicBoolean isOver = new AtomicBoolean();
    CyclicBarrier start = new CyclicBarrier(submitters + 1);
    CyclicBarrier end = new CyclicBarrier(submitters + 1);
    List<WorkerPool<Task, Object>> current = new ArrayList<>(List.of(builder(2).open()));
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < submitters; i++) {
      all.add(
          Thread.startVirtualThread(() -> {
            try {
              while (!isOver.get()) {
                start.await();
                submitUntilClosed(current.getFirst(), accepted, told);
                end.await();
              }
            } catch (Throwable e) {
              recorder.violations.add("a submitter failed: " + e);
            }
          }));
    }
    for (int round = 1; !isOver.get(); round++) {
      start.await(20, SECONDS);
      LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(100_000));
      CloseReport report =
          round % 2 == 0
              ? current.getFirst().shutdown(Duration.ofSeconds(30))
              : current.getFirst().shutdownNow();
      boolean isLate = System.nanoTime() - began >= SECONDS.toNanos(5);
      isOver.set(round == mostRounds || (isLate && round >= enough));
      end.await(20, SECONDS);
      assertAddsUp(report);
      assertEquals(accepted.getAndSet(0), report.submitted());
      assertEquals(0, report.failed());
      Await.until("all are told", () -> told.get() >= report.submitted());
      assertEquals(told.getAndSet(0), report.submitted());
      current.set(0, builder(2).open());
      recorder.opened.removeIf(worker -> worker.closes.get() == 1 && !worker.thread.isAlive());
      recorder.events.clear();
    }
    current.getFirst().close();
    for (Thread submitter : all) {
      assertTrue(submitter.join(Duration.ofSeconds(20)));
    }
  }

  private static void submitUntilClosed(
      WorkerPool<Task, Object> pool, AtomicInteger accepted, AtomicInteger told) {
    try {
      while (true) {
        var future = pool.submit(Task.of(1));
        accepted.incrementAndGet();
        var _ = future.whenComplete((_, _) -> told.incrementAndGet());
      }
    } catch (PoolClosedException e) {
      // that is how it ends
    }
  }

  @Test
  @Tag("long")
  void everyFutureIsDoneAfterShutdownNow() throws Exception {
    for (int i = 0; i < 200; i++) {
      var pool = builder(2).queueCapacity(64).open();
      List<CompletableFuture<?>> futures = new ArrayList<>();
      for (int job = 0; job < 60; job++) {
        futures.add(
            switch (job % 4) {
              case 0 -> pool.submit(_ -> release.await(20, SECONDS));
              case 1 -> pool.submit("key", Task.of(job));
              case 2 -> pool.submit(Task.of(job)).thenApply(result -> result);
              default -> pool.submit(Task.of(job));
            });
      }
      CloseReport report = pool.shutdownNow();
      assertEquals(0, futures.stream().filter(future -> !future.isDone()).count());
      assertEquals(60, report.submitted());
      assertAddsUp(report);
    }
  }

  /** A permit to park that a stranger gives away must not be taken for what is waited for. */
  @Test
  @Tag("long")
  void anUnparkStormEndsNoWaitEarlyAndRunsNoJobTwice() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    Duration timeout = Duration.ofSeconds(1); // for the short ones it is never over
    AtomicInteger runs = new AtomicInteger();
    var pool =
        builder(2).jobTimeout(timeout).pingInterval(Duration.ofSeconds(20)).queueCapacity(1).open();
    Thread owner = Thread.currentThread();
    Thread storm =
        Thread.ofPlatform()
            .start(() -> {
              while (!over.get()) {
                recorder.opened.forEach(worker -> LockSupport.unpark(worker.thread));
                LockSupport.unpark(owner);
                Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("recorder-"))
                    .forEach(LockSupport::unpark);
              }
            });
    try {
      long start = System.nanoTime();
      var late = recorder.track(pool.submit(_ -> release.await(20, SECONDS)));
      ExecutionException e = assertThrows(ExecutionException.class, () -> late.get(20, SECONDS));
      assertInstanceOf(java.util.concurrent.TimeoutException.class, e.getCause());
      assertTrue(System.nanoTime() - start >= timeout.toNanos(), "early");
      for (int i = 0; i < 2_000; i++) {
        recorder.track(pool.submit(_ -> runs.incrementAndGet())); // waits for places, too
      }
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(2_000, runs.get());
      assertEquals(1, recorder.opened.stream().mapToInt(worker -> worker.pings.get()).sum());
      recorder.track(
          pool.submit(_ -> {
            while (pool.stats().state() != PoolState.CLOSING || !Await.isWaiting(owner)) {
              Thread.onSpinWait(); // a close that has to wait, however often it is unparked
            }
            return runs.incrementAndGet();
          }));
      CloseReport report = pool.shutdown(Duration.ofSeconds(20));
      assertTrue(report.isClean(), report::toString);
      assertEquals(2_001, runs.get());
    } finally {
      over.set(true);
      storm.join();
      pool.shutdownNow();
    }
  }

  // Errors

  private static int overflow(int depth) {
    return depth + overflow(depth + 1) + 1;
  }

  private static List<Task> errors() {
    return List.of(
        _ -> new long[Integer.MAX_VALUE][Integer.MAX_VALUE], // OutOfMemoryError
        _ -> overflow(0),
        _ -> {
          throw new ThreadDeath();
        });
  }

  @Test
  void anErrorInARunFailsItsJobAndTheWorkerIsReplaced() throws Exception {
    try (var pool = builder(1).open()) {
      int broken = 0;
      for (Task task : errors()) {
        var future = recorder.track(pool.submit(task));
        var e = assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
        assertInstanceOf(Error.class, e.getCause());
        assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
        assertEquals(++broken + 1, recorder.opened.size());
      }
    }
  }

  @Test
  void anErrorInAnOpeningIsReportedAndTriedAgain() throws Exception {
    for (Task task : errors()) {
      recorder.onOpen = task::run;
      var e = assertThrows(OpenFailedException.class, () -> builder(2).open());
      assertInstanceOf(Error.class, e.getCause());
      recorder.onOpen = _ -> {};
      try (var pool = builder(1).open()) {
        AtomicInteger tries = new AtomicInteger();
        recorder.onOpen =
            worker -> {
              if (tries.incrementAndGet() < 3) {
                Object _ = task.run(worker);
              }
            };
        var future = recorder.track(pool.submit(errors().getLast()));
        assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
        assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
        assertEquals(3, tries.get());
        assertEquals(PoolState.OPEN, pool.stats().state());
        recorder.onOpen = _ -> {};
      }
    }
  }

  @Test
  void anErrorInAPingACancelAFinishOrACloseLeavesNothingBehind() throws Exception {
    for (Task task : errors()) {
      recorder.onPing = task::run;
      recorder.onCancel = task::run;
      recorder.onFinish = task::run;
      recorder.onClose = task::run;
      int before = recorder.opened.size();
      var pool = builder(1).open();
      var started = new CountDownLatch(1);
      var running =
          recorder.track(
              pool.submit(_ -> {
                started.countDown();
                return release.await(20, SECONDS);
              }));
      assertTrue(started.await(20, SECONDS));
      assertTrue(running.cancel(true));
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
      assertEquals(before + 2, recorder.opened.size()); // its ping had failed
      var e = assertThrows(PoolCloseException.class, pool::close);
      assertEquals(3, e.report().closeFailures().size(), e::toString);
      assertEquals(3, e.getSuppressed().length);
    }
  }

  // What a job leaves behind

  private static final ThreadLocal<String> LEFT = new ThreadLocal<>();

  /**
   * The pool does not clear thread-locals. They belong to the thread of the slot: later jobs of
   * that slot see them, also when the worker was replaced; jobs of other slots do not; and they are
   * gone with the pool.
   */
  @Test
  void aThreadLocalLeftByAJobIsSeenInItsSlotOnly() throws Exception {
    try (var pool = builder(2).open()) {
      CountDownLatch both = new CountDownLatch(2);
      var leaves =
          recorder.track(
              pool.submit(worker -> {
                LEFT.set("left by " + worker.context.index());
                both.countDown();
                return both.await(20, SECONDS) ? worker.context.index() : null;
              }));
      var other =
          recorder.track(
              pool.submit(_ -> {
                both.countDown();
                return both.await(20, SECONDS) ? LEFT.get() : "alone";
              }));
      assertNull(other.get(20, SECONDS));
      String left = "left by " + leaves.get(20, SECONDS);
      assertEquals(List.of(left), seenBy(pool));
      CountDownLatch broken = new CountDownLatch(2);
      for (int i = 0; i < 2; i++) {
        recorder.track(
            pool.submit(_ -> {
              broken.countDown();
              boolean _ = broken.await(20, SECONDS);
              throw new pool.api.WorkerBrokenException("gone");
            }));
      }
      assertTrue(broken.await(20, SECONDS));
      assertEquals(List.of(left), seenBy(pool));
    }
    assertNull(LEFT.get());
  }

  /** What both workers see. */
  private List<Object> seenBy(WorkerPool<Task, Object> pool) throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    List<CompletableFuture<Object>> seen =
        IntStream.range(0, 2)
            .mapToObj(_ ->
                recorder.track(
                    pool.submit(_ -> {
                      both.countDown();
                      return both.await(20, SECONDS) ? LEFT.get() : "alone";
                    })))
            .toList();
    List<Object> values = new ArrayList<>();
    for (var future : seen) {
      if (future.get(20, SECONDS) != null) {
        values.add(future.get());
      }
    }
    return values;
  }

  // Callbacks

  @Test
  void aCallbackThatBlocksOccupiesItsWorkerAndIsShown() throws Exception {
    try (var pool = builder(2).open()) {
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch start = new CountDownLatch(1);
      var job = recorder.track(pool.submit(_ -> start.await(20, SECONDS)));
      var chained =
          job.thenApply(result -> {
            entered.countDown();
            try {
              return release.await(20, SECONDS) ? result : null;
            } catch (InterruptedException e) {
              throw new CancellationException("interrupted");
            }
          });
      start.countDown();
      assertTrue(entered.await(20, SECONDS));
      assertTrue(job.isDone());
      assertEquals(
          1,
          pool.stats().workers().stream().filter(w -> w.state() == WorkerState.CALLBACK).count());
      assertEquals(0, pool.stats().running());
      for (int i = 0; i < 100; i++) { // the other goes on
        assertEquals(i, recorder.track(pool.submit(Task.of(i))).get(20, SECONDS));
      }
      release.countDown();
      assertSame(true, chained.get(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aCallbackMayBeginToCloseThePool() throws Exception {
    var pool = builder(2).open();
    var closing =
        recorder.track(pool.submit(Task.of(1)).whenComplete((_, _) -> pool.beginShutdown()));
    assertEquals(1, closing.get(20, SECONDS));
    assertThrows(PoolClosedException.class, () -> pool.submit(Task.of(2)));
    assertTrue(pool.shutdown(Duration.ofSeconds(20)).isClean());
  }
}
