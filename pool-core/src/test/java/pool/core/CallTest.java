package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Recorder.Task;

/** {@code call}, the kinds of {@code trySubmit}, and the slots of keys. */
@ParameterizedClass
@EnumSource
@Timeout(60)
@SuppressWarnings("try") // a pool is closed twice
class CallTest {

  @Parameter ThreadKind threads;

  private final Recorder recorder = new Recorder();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  private WorkerPool.Builder<Task, Object> builder(int workers) {
    return WorkerPool.of(recorder).threads(threads).workers(workers);
  }

  private Task blocking() {
    return _ -> {
      release.await();
      return "released";
    };
  }

  @Test
  void aCallReturnsTheResultOrThrowsAsAnOutcomeDoes() {
    IOException cause = new IOException("no");
    try (var pool = builder(2).open()) {
      assertEquals(1, pool.call(Task.of(1)));
      assertNull(pool.call(_ -> null));
      Task failing =
          _ -> {
            throw cause;
          };
      JobFailedException e = assertThrows(JobFailedException.class, () -> pool.call(failing));
      assertSame(cause, e.getCause());
      assertSame(failing, e.job());
      assertEquals(-1, e.index());
      pool.close();
      assertThrows(PoolClosedException.class, () -> pool.call(Task.of(1)));
    }
  }

  @Test
  void anInterruptCancelsTheJobThatIsCalled() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    try (var pool = builder(1).open()) {
      FutureTask<Boolean> call =
          new FutureTask<>(() -> {
            assertThrows(
                PoolInterruptedException.class,
                () ->
                    pool.call(_ -> {
                      runs.countDown();
                      try {
                        return release.await(20, SECONDS);
                      } finally {
                        stopped.countDown();
                      }
                    }));
            assertEquals(0, stopped.getCount(), "the run had not returned");
            return Thread.currentThread().isInterrupted();
          });
      Thread caller = Thread.ofPlatform().start(call);
      assertTrue(runs.await(20, SECONDS));
      caller.interrupt();
      assertTrue(call.get(20, SECONDS), "the flag is lost");
      assertEquals(1, pool.stats().cancelled());
      assertEquals("next", pool.call(Task.of("next")));
    }
  }

  @Test
  void aWorkerThatCallsItsOwnPoolForEverIsRefusedAndLeavesNoJobBehind() throws Exception {
    try (var pool = builder(1).open()) {
      var refused = recorder.track(pool.submit(_ -> pool.call(Task.of(1))));
      Exception e = assertThrows(Exception.class, () -> refused.get(20, SECONDS));
      assertInstanceOf(IllegalStateException.class, e.getCause());
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(1, pool.stats().cancelled());
    }
  }

  @Test
  void aSubmitMayWaitForRoomForSomeTime() throws Exception {
    try (var pool = builder(1).queueCapacity(1).open()) {
      recorder.track(pool.submit(blocking()));
      Await.until("it runs", () -> pool.stats().running() == 1);
      var waits = recorder.track(pool.submit("key", Task.of("waits")));
      long before = System.nanoTime();
      assertEquals(Optional.empty(), pool.trySubmit(Task.of(1)));
      assertEquals(Optional.empty(), pool.trySubmit(Task.of(1), Duration.ofMillis(20)));
      assertEquals(Optional.empty(), pool.trySubmit("key", Task.of(1), Duration.ofMillis(20)));
      assertTrue(System.nanoTime() - before >= Duration.ofMillis(40).toNanos());
      assertEquals(Optional.empty(), pool.trySubmit("key", Task.of(1), Duration.ofSeconds(-1)));
      FutureTask<Optional<CompletableFuture<Object>>> later =
          new FutureTask<>(() -> pool.trySubmit(Task.of("later"), Duration.ofDays(1_000_000)));
      Thread submitter = Thread.ofPlatform().start(later);
      Await.until("it waits", () -> submitter.getState() == Thread.State.TIMED_WAITING);
      release.countDown();
      assertEquals("later", recorder.track(later.get(20, SECONDS).orElseThrow()).get(20, SECONDS));
      assertEquals("waits", waits.get(20, SECONDS));
      assertEquals(3, pool.stats().submitted());
    }
  }

  @Test
  void aWorkerThatWaitsForRoomWithATimeOutIsNotRefused() throws Exception {
    try (var pool = builder(1).queueCapacity(1).open()) {
      var outer =
          recorder.track(
              pool.submit(_ -> {
                recorder.track(pool.submit(Task.of(1)));
                return pool.trySubmit(Task.of(2), Duration.ofMillis(10)).isPresent();
              }));
      assertEquals(false, outer.get(20, SECONDS));
    }
  }

  @Test
  void regularKeysSpreadOverAllSlots() {
    int slots = 64;
    try (var pool = builder(slots).open()) {
      for (int step : new int[] {1, 64, 1_000, 65_536, 1 << 26}) {
        Set<String> met =
            IntStream.range(0, 1_000)
                .mapToObj(i ->
                    recorder.track(
                        pool.submit((Object) (i * step), worker -> worker.thread.getName())))
                .map(future -> (String) future.join())
                .collect(Collectors.toSet());
        int most = step == 1 << 26 ? 30 : slots; // 64 different keys, as by chance
        assertTrue(met.size() >= most, "step " + step + " meets " + met.size() + " slots");
      }
    }
  }
}
