package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Single tasks and their futures. */
class TaskExecutorTest extends TaskExecutorContract {

  // Executor, and submit

  @Test
  void executeRunsTheCommandOnAWorker() throws Exception {
    ExecutorService view = view();
    BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    view.execute(() -> ran.add(Thread.currentThread().getName()));
    assertTrue(Set.of("tasks-0", "tasks-1").contains(ran.poll(20, SECONDS)));
  }

  @Test
  void submitReturnsTheResultOfACallableTheGivenOneOfARunnableOrNull() throws Exception {
    ExecutorService view = view();
    assertEquals("done", view.submit(() -> "done").get());
    assertNull(view.submit((Callable<String>) () -> null).get());
    AtomicInteger runs = new AtomicInteger();
    assertEquals("given", view.submit((Runnable) runs::incrementAndGet, "given").get(20, SECONDS));
    assertNull(view.submit((Runnable) runs::incrementAndGet).get());
    assertEquals(2, runs.get());
  }

  @Test
  void nullIsRefusedEverywhere() throws Exception {
    ExecutorService view = view();
    List<Callable<Integer>> withNull = Arrays.asList(() -> 1, null);
    assertThrows(NullPointerException.class, () -> view.execute(null));
    assertThrows(NullPointerException.class, () -> view.submit((Callable<?>) null));
    assertThrows(NullPointerException.class, () -> view.submit((Runnable) null));
    assertThrows(NullPointerException.class, () -> view.submit(null, "result"));
    assertThrows(NullPointerException.class, () -> view.invokeAll(null));
    assertThrows(NullPointerException.class, () -> view.invokeAll(withNull));
    assertThrows(NullPointerException.class, () -> view.invokeAll(withNull, 1, SECONDS));
    assertThrows(NullPointerException.class, () -> view.invokeAll(List.of(), 1, null));
    assertThrows(NullPointerException.class, () -> view.invokeAny(null));
    assertThrows(NullPointerException.class, () -> view.invokeAny(withNull));
    assertThrows(NullPointerException.class, () -> view.invokeAny(withNull, 1, SECONDS));
    assertThrows(NullPointerException.class, () -> view.invokeAny(List.of(() -> 1), 1, null));
    assertThrows(NullPointerException.class, () -> view.awaitTermination(1, null));
    assertThrows(NullPointerException.class, () -> view.submit(() -> 1).get(1, null));
    assertThrows(NullPointerException.class, () -> WorkerPool.asExecutorService(null));
  }

  @Test
  void everythingIsRejectedAfterShutdown() {
    ExecutorService view = view();
    view.shutdown();
    List<Callable<Integer>> tasks = List.of(() -> 1);
    assertThrows(RejectedExecutionException.class, () -> view.execute(() -> {}));
    assertThrows(RejectedExecutionException.class, () -> view.submit(() -> 1));
    assertThrows(RejectedExecutionException.class, () -> view.submit(() -> {}));
    assertThrows(RejectedExecutionException.class, () -> view.submit(() -> {}, 1));
    assertThrows(RejectedExecutionException.class, () -> view.invokeAll(tasks));
    assertThrows(RejectedExecutionException.class, () -> view.invokeAll(tasks, 9, SECONDS));
    assertThrows(RejectedExecutionException.class, () -> view.invokeAny(tasks));
    assertThrows(RejectedExecutionException.class, () -> view.invokeAny(tasks, 9, SECONDS));
  }

  @Test
  void aFullQueueRejectsWhenThatWasChosen() throws Exception {
    ExecutorService view = view(builder().queueCapacity(1).whenFull(WhenFull.REJECT));
    occupyAll(view);
    Future<Integer> waiting = view.submit(() -> 1);
    assertThrows(RejectedExecutionException.class, () -> view.execute(() -> {}));
    assertThrows(RejectedExecutionException.class, () -> view.submit(() -> 2));
    release.countDown();
    assertEquals(1, waiting.get(20, SECONDS));
  }

  @Test
  void aFullQueueIsWaitedForAndAnInterruptThereRejectsAndKeepsItsFlag() throws Exception {
    ExecutorService view = view(builder().queueCapacity(1));
    occupyAll(view);
    Future<Integer> first = view.submit(() -> 1);
    assertTrue(
        interrupted(() -> {
          assertThrows(RejectedExecutionException.class, () -> view.execute(() -> {}));
          return Thread.interrupted();
        }));
    FutureTask<Integer> second = new FutureTask<>(() -> view.submit(() -> 2).get());
    Thread.ofPlatform().start(second);
    release.countDown();
    assertEquals(1, first.get(20, SECONDS));
    assertEquals(2, second.get(20, SECONDS));
  }

  @Test
  void whatATaskThrowsIsTheCauseAsItWasThrown() {
    ExecutorService view = view();
    for (Throwable thrown :
        List.of(
            new IOException("checked"),
            new IllegalStateException("unchecked"),
            new AssertionError("error"),
            new StackOverflowError("error"),
            new CompletionException(new IOException("inner")),
            new ExecutionException(new IOException("inner")),
            new InterruptedException("of its own"),
            new TimeoutException("of its own"),
            new CancellationException("of its own"))) {
      Future<?> future = view.submit(() -> fail(thrown));
      assertSame(thrown, causeOf(future));
      assertSame(thrown, assertThrows(ExecutionException.class, future::get).getCause());
      assertSame(thrown, future.exceptionNow());
      assertEquals(Future.State.FAILED, future.state());
      assertTrue(future.isDone());
      assertFalse(future.isCancelled());
      assertFalse(future.cancel(true));
    }
    assertEquals(9, stats().failed());
  }

  @Test
  void anErrorReplacesTheWorkerAndTheExecutorGoesOn() throws Exception {
    ExecutorService view = view(builder().workers(1));
    assertInstanceOf(AssertionError.class, causeOf(view.submit(() -> fail(new AssertionError()))));
    assertEquals("next", view.submit(() -> "next").get(20, SECONDS));
    assertEquals(2, stats().workers().getFirst().opened());
  }

  @Test
  void whatAnExecutedCommandThrowsGoesToTheUncaughtExceptionHandler() throws Exception {
    BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
    UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> {
      uncaught.add(e);
      throw new IllegalStateException("a bad handler");
    });
    try {
      ExecutorService view = view(builder().workers(1));
      for (Throwable thrown : List.of(new IllegalStateException("no"), new AssertionError("no"))) {
        view.execute(() -> sneak(thrown));
        assertSame(thrown, uncaught.poll(20, SECONDS));
      }
      causeOf(view.submit((Runnable) () -> sneak(new IllegalStateException("has a future"))));
      assertEquals("next", view.submit(() -> "next").get(20, SECONDS));
      assertEquals(3, stats().failed());
      assertTrue(uncaught.isEmpty(), uncaught::toString);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void whatHappensBeforeSubmitHappensBeforeTheTaskAndThatBeforeGet() throws Exception {
    ExecutorService view = view();
    for (int i = 0; i < 10_000; i++) {
      int[] plain = {i, 0};
      Future<?> future = view.submit(() -> plain[1] = plain[0] + 1);
      future.get();
      assertEquals(i + 1, plain[1]);
    }
  }

  // Future

  @Test
  void cancellingAWaitingTaskKeepsItFromRunningAndGivesItsPlaceBack() throws Exception {
    ExecutorService view = view(builder().queueCapacity(1).whenFull(WhenFull.REJECT));
    occupyAll(view);
    AtomicInteger runs = new AtomicInteger();
    Future<?> waiting = view.submit((Runnable) runs::incrementAndGet);
    assertEquals(Future.State.RUNNING, waiting.state());
    assertFalse(waiting.isDone());
    assertTrue(waiting.cancel(false));
    assertTrue(waiting.isCancelled());
    assertTrue(waiting.isDone());
    assertEquals(Future.State.CANCELLED, waiting.state());
    assertThrows(CancellationException.class, waiting::get);
    assertThrows(CancellationException.class, () -> waiting.get(0, SECONDS));
    Future<String> next = view.submit(() -> "it has the place");
    release.countDown();
    assertEquals("it has the place", next.get(20, SECONDS));
    assertEquals(0, runs.get());
  }

  @Test
  void cancelTrueInterruptsTheTaskAndNoOther() throws Exception {
    ExecutorService view = view(builder().workers(1));
    Future<String> running = view.submit(this::block);
    awaitBusy(1);
    assertTrue(running.cancel(true));
    assertThrows(CancellationException.class, running::get);
    assertFalse(view.submit(() -> Thread.currentThread().isInterrupted()).get(20, SECONDS));
    assertEquals(1, interrupts.get());
  }

  @Test
  void cancelFalseLetsTheTaskRunOnAndDropsItsResult() throws Exception {
    ExecutorService view = view(builder().workers(1));
    Future<String> running = view.submit(this::block);
    awaitBusy(1);
    assertTrue(running.cancel(false));
    assertThrows(CancellationException.class, running::get);
    release.countDown();
    assertEquals("next", view.submit(() -> "next").get(20, SECONDS));
    assertEquals(0, interrupts.get());
  }

  @Test
  void aTaskThatIsDoneCannotBeCancelled() throws Exception {
    ExecutorService view = view();
    Future<String> future = view.submit(() -> "done");
    assertEquals("done", future.get());
    assertFalse(future.cancel(true));
    assertFalse(future.isCancelled());
    assertEquals(Future.State.SUCCESS, future.state());
    assertEquals("done", future.resultNow());
  }

  @Test
  void onlyTheFirstCancelIsTrueAsThatOfAFutureTask() throws Exception {
    FutureTask<String> jdks = new FutureTask<>(() -> "never");
    ExecutorService view = view();
    occupyAll(view);
    for (Future<String> future : List.of(jdks, view.submit(() -> "never"))) {
      assertTrue(future.cancel(false));
      assertFalse(future.cancel(false));
      assertFalse(future.cancel(true));
      assertTrue(future.isCancelled());
    }
  }

  @Test
  void getTimesOutAndCanBeInterrupted() throws Exception {
    ExecutorService view = view();
    Future<String> running = occupyAll(view).getFirst();
    assertThrows(TimeoutException.class, () -> running.get(1, MILLISECONDS));
    assertInstanceOf(
        InterruptedException.class,
        interrupted(() -> assertThrows(InterruptedException.class, running::get)));
    assertFalse(running.isDone());
    release.countDown();
    assertEquals("released", running.get());
  }
}
