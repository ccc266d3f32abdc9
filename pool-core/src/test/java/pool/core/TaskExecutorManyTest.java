package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Many tasks at once. */
class TaskExecutorManyTest extends TaskExecutorContract {

  // invokeAll

  @Test
  void invokeAllReturnsDoneFuturesInTheOrderOfTheTasks() throws Exception {
    ExecutorService view = view(builder().queueCapacity(3));
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int result = i;
      tasks.add(() -> {
        if (result == 50) {
          throw new IOException("the 50th");
        }
        return result;
      });
    }
    for (List<Future<Integer>> futures :
        List.of(
            view.invokeAll(tasks),
            view.invokeAll(tasks, 30, SECONDS),
            view.invokeAll(tasks, Long.MAX_VALUE, TimeUnit.DAYS))) {
      assertEquals(100, futures.size());
      for (int i = 0; i < 100; i++) {
        assertTrue(futures.get(i).isDone());
        if (i == 50) {
          assertEquals("the 50th", futures.get(i).exceptionNow().getMessage());
        } else {
          assertEquals(i, futures.get(i).resultNow());
        }
      }
    }
    assertEquals(List.of(), view.invokeAll(List.<Callable<Integer>>of()));
  }

  @Test
  void invokeAllWithANullRunsNone() {
    ExecutorService view = view();
    AtomicInteger runs = new AtomicInteger();
    List<Callable<Integer>> tasks = Arrays.asList(runs::incrementAndGet, null);
    assertThrows(NullPointerException.class, () -> view.invokeAll(tasks));
    assertEquals(0, stats().submitted());
  }

  @Test
  void invokeAllThatTimesOutCancelsWhatIsNotDone() throws Exception {
    ExecutorService view = view();
    List<Callable<String>> tasks = List.of(() -> "done", this::block, this::block, () -> "late");
    List<Future<String>> futures;
    long timeout = 100;
    do { // until it is time enough for what is to be done and to begin
      assertTrue(timeout < 30_000, () -> stats().toString());
      futures = view.invokeAll(tasks, timeout *= 4, MILLISECONDS);
      assertTrue(futures.stream().allMatch(Future::isDone));
    } while (futures.getFirst().isCancelled() || busy.availablePermits() < WORKERS);
    assertEquals("done", futures.getFirst().get());
    assertTrue(futures.subList(1, 4).stream().allMatch(Future::isCancelled));
    Await.until("all are interrupted", () -> interrupts.get() == busy.availablePermits());
  }

  /** A worker that is stopped is free, and would take a task that is not yet cancelled. */
  @Test
  void invokeAllThatTimesOutStartsNothingMore() throws Exception {
    ExecutorService view = view();
    AtomicInteger late = new AtomicInteger();
    List<Callable<Object>> tasks = new ArrayList<>(List.of(this::block, this::block));
    tasks.addAll(Collections.nCopies(1_000, late::incrementAndGet));
    List<Future<Object>> futures = view.invokeAll(tasks, 300, MILLISECONDS);
    assertTrue(futures.stream().allMatch(Future::isDone));
    assertTrue(opened.awaitIdle(Duration.ofSeconds(20)));
    assertEquals(0, late.get());
  }

  @Test
  void invokeAllInNoTimeCancelsAll() throws Exception {
    ExecutorService view = view();
    for (long timeout : new long[] {0, -1, Long.MIN_VALUE}) {
      List<Callable<String>> tasks = List.of(this::block, this::block);
      List<Future<String>> futures = view.invokeAll(tasks, timeout, SECONDS);
      assertTrue(futures.stream().allMatch(Future::isCancelled));
    }
  }

  @Test
  void invokeAllThatTimesOutWhileTheQueueIsFullCancelsWhatItDidNotEvenSubmit() throws Exception {
    ExecutorService view = view(builder().queueCapacity(1));
    occupyAll(view);
    List<Callable<Integer>> tasks = Collections.nCopies(5, () -> 1);
    List<Future<Integer>> futures = view.invokeAll(tasks, 50, MILLISECONDS);
    assertEquals(5, futures.size());
    for (Future<Integer> future : futures) {
      assertTrue(future.isDone() && future.isCancelled());
      assertThrows(CancellationException.class, future::get);
    }
    assertEquals(stats().submitted() - WORKERS, stats().cancelled());
    assertTrue(stats().cancelled() <= 1, () -> stats().toString());
  }

  @Test
  void invokeAllThatIsInterruptedCancelsWhatIsNotDone() throws Exception {
    ExecutorService view = view();
    List<Callable<String>> tasks = Collections.nCopies(3, this::block);
    InterruptedException e =
        interrupted(() -> assertThrows(InterruptedException.class, () -> view.invokeAll(tasks)));
    assertNotNull(e);
    assertTrue(opened.awaitIdle(Duration.ofSeconds(20)));
    assertEquals(3, stats().cancelled());
  }

  @Test
  void invokeAllThatIsInterruptedWhileTheQueueIsFullCancelsWhatIsNotDone() throws Exception {
    ExecutorService view = view(builder().queueCapacity(1));
    occupyAll(view);
    List<Callable<Integer>> tasks = Collections.nCopies(3, () -> 1);
    InterruptedException e =
        interrupted(() -> assertThrows(InterruptedException.class, () -> view.invokeAll(tasks)));
    assertNotNull(e);
    assertEquals(1, stats().cancelled());
  }

  @Test
  void invokeAllThatIsRejectedCancelsWhatIsNotDone() throws Exception {
    ExecutorService view = view(builder().queueCapacity(1));
    FutureTask<?> invoking =
        new FutureTask<>(() -> view.invokeAll(Collections.nCopies(9, this::block)));
    Thread.ofPlatform().start(invoking);
    awaitBusy(WORKERS);
    view.shutdown(); // two run, one waits, one waits for a place
    assertInstanceOf(PoolClosedException.class, causeOf(invoking));
    assertTrue(view.awaitTermination(20, SECONDS));
    assertEquals(stats().submitted(), stats().cancelled());
  }

  // invokeAny

  @Test
  void invokeAnyReturnsAResultAndCancelsTheRest() throws Exception {
    ExecutorService view = view();
    List<Callable<String>> tasks =
        List.of(
            this::block,
            () -> {
              awaitBusy(1);
              throw new IOException("not me");
            },
            () -> "me",
            this::block,
            this::block);
    assertEquals("me", view.invokeAny(tasks));
    Await.until(
        "all are idle",
        () -> stats().workers().stream().allMatch(w -> w.state() == WorkerState.IDLE));
    assertEquals(1, stats().succeeded());
    assertEquals(1, stats().failed());
    assertEquals(stats().submitted() - 2, stats().cancelled());
  }

  @Test
  void invokeAnyMayReturnNullAndHaveAllTheTimeThereIs() throws Exception {
    ExecutorService view = view();
    List<Callable<String>> tasks = List.of(() -> null);
    assertNull(view.invokeAny(tasks));
    assertNull(view.invokeAny(tasks, 20, SECONDS));
    assertNull(view.invokeAny(tasks, Long.MAX_VALUE, TimeUnit.DAYS));
  }

  @Test
  void invokeAnyOfNoneIsRefused() {
    ExecutorService view = view();
    List<Callable<String>> none = List.of();
    assertThrows(IllegalArgumentException.class, () -> view.invokeAny(none));
    assertThrows(IllegalArgumentException.class, () -> view.invokeAny(none, 1, SECONDS));
  }

  @Test
  void invokeAnyFailsWhenAllFail() {
    ExecutorService view = view(builder().workers(1));
    for (Throwable last :
        List.of(
            new IOException("last"),
            new CompletionException(new IOException("inner")),
            new CancellationException("of its own"))) {
      List<Callable<Object>> tasks =
          List.of(() -> fail(new IOException("first")), () -> fail(last));
      ExecutionException e = assertThrows(ExecutionException.class, () -> view.invokeAny(tasks));
      assertSame(last, e.getCause());
      e = assertThrows(ExecutionException.class, () -> view.invokeAny(tasks, 20, SECONDS));
      assertSame(last, e.getCause());
    }
  }

  @Test
  void invokeAnyThatTimesOutCancelsAll() {
    ExecutorService view = view(builder().queueCapacity(1)); // some it cannot even submit
    List<Callable<String>> tasks = Collections.nCopies(5, this::block);
    for (long timeout : new long[] {50, 0, -1}) {
      assertThrows(TimeoutException.class, () -> view.invokeAny(tasks, timeout, MILLISECONDS));
      assertEquals(stats().submitted(), stats().cancelled());
    }
  }

  @Test
  void invokeAnyThatIsInterruptedCancelsAll() throws Exception {
    for (int capacity : new int[] {1, 100}) {
      ExecutorService view = view(builder().queueCapacity(capacity));
      List<Callable<String>> tasks = Collections.nCopies(5, this::block);
      assertNotNull(
          interrupted(() -> assertThrows(InterruptedException.class, () -> view.invokeAny(tasks))));
      assertEquals(stats().submitted(), stats().cancelled());
      view.close();
    }
  }

  @Test
  void invokeAnyFailsWhenTheExecutorIsStopped() throws Exception {
    ExecutorService view = view();
    FutureTask<?> invoking =
        new FutureTask<>(() -> view.invokeAny(Collections.nCopies(5, this::block)));
    Thread.ofPlatform().start(invoking);
    awaitBusy(WORKERS);
    Await.until("five are submitted", () -> stats().submitted() == 5);
    assertEquals(3, view.shutdownNow().size());
    assertInstanceOf(ExecutionException.class, causeOf(invoking));
  }
}
