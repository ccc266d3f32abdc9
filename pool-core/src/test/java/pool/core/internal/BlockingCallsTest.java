package pool.core.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerFactory;
import pool.core.Await;
import pool.core.PoolClosedException;
import pool.core.PoolInterruptedException;
import pool.core.TestSettings;
import pool.core.WorkerPool;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.life.Counts;
import pool.core.internal.worker.WorkerThread;

/** Callers that are interrupted, or throw, while they wait for their jobs. */
@Timeout(60)
class BlockingCallsTest {

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Thread caller = Thread.currentThread();
  private final CountDownLatch never = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch staying = new CountDownLatch(1);
  private final AtomicBoolean returned = new AtomicBoolean();

  /** The calls that wait. */
  private enum Call {
    JOB("a job", pool -> pool.call("job")),
    BROADCAST("a broadcast", pool -> pool.broadcast("job")),
    BULK("a bulk call", pool -> pool.map(List.of("job"), null)),
    BULK_OF_ALL("a bulk call", pool -> pool.mapAll(List.of("job"), (_, _) -> {}));

    private final String name;
    private final Consumer<PoolCore<String, String>> call;

    Call(String name, Consumer<PoolCore<String, String>> call) {
      this.name = name;
      this.call = call;
    }
  }

  @AfterEach
  void letGo() {
    release.countDown();
    assertFalse(Thread.interrupted());
  }

  private String run(String job) throws Exception {
    switch (job) {
      case "stay" -> stay();
      case "linger" -> linger();
      default -> never.await(); // until it is interrupted
    }
    return job;
  }

  /** Does not return from its interrupt until it is let go. */
  private void stay() throws InterruptedException {
    try {
      staying.countDown();
      never.await();
    } catch (InterruptedException e) {
      release.await();
    }
  }

  /** Interrupts the caller, and returns from its own interrupt only when it is waited for. */
  private void linger() throws InterruptedException {
    try {
      caller.interrupt();
      never.await();
    } catch (InterruptedException e) {
      Await.until("it is waited for", () -> caller.getState() == Thread.State.TIMED_WAITING);
      returned.set(true);
    }
  }

  private WorkerFactory<String, String> factory() {
    return WorkerFactory.of("calls", String.class, String.class, _ -> this::run);
  }

  private WorkerPool<String, String> open(int workers) {
    return WorkerPool.of(factory()).workers(workers).cancelGrace(GRACE).open();
  }

  /** Of two slots, of which the first has a worker; nobody does a job. */
  private PoolCore<String, String> threadless() {
    PoolCore<String, String> core =
        new PoolCore<>(
            factory(),
            OptionValues.NONE,
            TestSettings.of(WorkerPool.of(factory()).workers(2).minOpen(1).cancelGrace(GRACE)));
    try (var _ = core.lock.hold()) {
      core.life.beginOpening();
      WorkerThread<String, String> first = core.slots.getFirst().thread();
      first.beginsToOpen(first.slot().source());
      first.opened(this::run);
    }
    return core;
  }

  private static Counts counts(PoolCore<String, String> core) {
    try (var _ = core.lock.hold()) {
      return core.counters.counts();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAnInterruptedCallerHasSubmittedIsNotDone(Call call) {
    PoolCore<String, String> core = threadless();
    caller.interrupt();
    PoolInterruptedException e =
        assertThrows(PoolInterruptedException.class, () -> call.call.accept(core));
    assertEquals("interrupted while waiting for " + call.name, e.getMessage());
    assertTrue(Thread.interrupted(), "the flag is kept");
    Counts counts = counts(core);
    assertEquals(1, counts.submitted());
    assertEquals(1, counts.cancelled() + counts.notStarted());
    caller.interrupt();
    assertThrows(PoolInterruptedException.class, () -> core.calls.broadcast("again"));
    assertTrue(Thread.interrupted());
    assertEquals(0, counts(core).queued());
  }

  private void waitsForItsRun(Consumer<WorkerPool<String, String>> call) {
    try (WorkerPool<String, String> pool = open(1)) {
      assertThrows(PoolInterruptedException.class, () -> call.accept(pool));
      assertTrue(returned.get());
      assertTrue(Thread.interrupted(), "the flag is kept");
    }
  }

  @Test
  void anInterruptedCallReturnsOnceItsRunHas() {
    waitsForItsRun(pool -> pool.call("linger"));
  }

  @Test
  void anInterruptedBroadcastReturnsOnceItsRunHas() {
    waitsForItsRun(pool -> pool.broadcast("linger"));
  }

  @Test
  void anInterruptedBulkCallReturnsOnceItsRunHas() {
    waitsForItsRun(pool -> pool.map(List.of("linger")));
  }

  @Test
  void aBulkCallWhoseProgressThrowsIsStoppedAndThrowsThat() {
    IllegalStateException bad = new IllegalStateException("bad");
    try (WorkerPool<String, String> pool = open(1)) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  pool.mapAll(
                      List.of("job", "job"),
                      (_, _) -> {
                        throw bad;
                      }));
      assertSame(bad, thrown);
      assertEquals(0, pool.stats().running());
      assertEquals(0, pool.stats().queued());
    }
  }

  /** The grace for a run that is not its own would be over before it returned. */
  private void waitsForNoOther(Consumer<WorkerPool<String, String>> call) throws Exception {
    try (WorkerPool<String, String> pool = open(2)) {
      CompletableFuture<String> other = pool.submit("stay");
      assertTrue(staying.await(20, SECONDS));
      assertTrue(other.cancel(true));
      caller.interrupt();
      long began = System.nanoTime();
      assertThrows(PoolInterruptedException.class, () -> call.accept(pool));
      assertTrue(System.nanoTime() - began < GRACE.toNanos());
      assertTrue(Thread.interrupted(), "the flag is kept");
      release.countDown();
    }
  }

  @Test
  void anInterruptedCallDoesNotWaitForTheCancelledRunOfAnother() throws Exception {
    waitsForNoOther(pool -> pool.call("job"));
  }

  @Test
  void anInterruptedBroadcastDoesNotWaitForTheCancelledRunOfAnother() throws Exception {
    waitsForNoOther(pool -> pool.broadcast("job"));
  }

  @Test
  void anInterruptedBulkCallDoesNotWaitForTheCancelledRunOfAnother() throws Exception {
    waitsForNoOther(pool -> pool.map(List.of("job")));
  }

  @Test
  void aBulkCallSaysWhichJobWasNotDoneThoughItIsTheFirst() throws Exception {
    WorkerPool<String, String> pool = open(1);
    CompletableFuture<String> _ = pool.submit("job");
    Await.until("it runs", () -> pool.stats().running() == 1);
    FutureTask<List<String>> calling = new FutureTask<>(() -> pool.map(List.of("job")));
    Thread _ = Thread.ofPlatform().daemon().start(calling);
    Await.until("it waits", () -> pool.stats().queued() == 1);
    var _ = pool.shutdown(Duration.ZERO);
    ExecutionException e = assertThrows(ExecutionException.class, () -> calling.get(20, SECONDS));
    String text =
        String.valueOf(assertInstanceOf(PoolClosedException.class, e.getCause()).getMessage());
    assertTrue(text.endsWith(": job 0 of the bulk call was not done"), text);
  }

  @Test
  void aBulkCallOfNoJobsNeedsNoWorker() {
    PoolCore<String, String> core = threadless();
    assertEquals(List.of(), core.calls.map(List.of(), null));
    assertEquals(List.of(), core.calls.mapAll(List.of(), null));
  }

  @Test
  void theProgressOfABulkCallEndsWithAllOfIt() {
    PoolCore<String, String> core = threadless();
    StringBuilder told = new StringBuilder();
    assertEquals(
        List.of(), core.calls.map(List.of(), (done, total) -> told.append(done + "/" + total)));
    assertEquals("0/0", told.toString());
  }
}
