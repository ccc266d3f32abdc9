package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import pool.core.internal.executor.Task;

/** The ends of an executor. */
class TaskExecutorShutdownTest extends TaskExecutorContract {

  // shutdown, isShutdown, isTerminated, awaitTermination

  @Test
  void aPoolThatHasNoWorkerAnyMoreIsEndedByItsShutdown() throws Exception {
    WorkerPool<Callable<?>, Object> pool =
        WorkerPool.tasks()
            .workers(1)
            .threads(threads)
            .jobTimeout(Duration.ofMillis(50))
            .cancelGrace(Duration.ofMillis(50))
            .open();
    ExecutorService executor = WorkerPool.asExecutorService(pool);
    for (int i = 0; i < 2; i++) { // after the second no other takes the place
      var _ = executor.submit(() -> PoolBrokenTest.awaitUninterruptibly(release));
    }
    Await.until(
        "the slot is empty",
        () -> pool.stats().workers().getFirst().state() == WorkerState.ABANDONED);
    assertFalse(executor.awaitTermination(Long.MIN_VALUE, SECONDS));
    executor.shutdown();
    assertTrue(executor.awaitTermination(20, SECONDS));
    release.countDown();
  }

  @Test
  void shutdownDoesNotWaitAndWhatWasSubmittedIsDone() throws Exception {
    ExecutorService view = view();
    List<Future<String>> running = occupyAll(view);
    Future<String> waiting = view.submit(() -> "done");
    assertFalse(view.isShutdown());
    view.shutdown();
    view.shutdown(); // no additional effect
    assertTrue(view.isShutdown());
    assertFalse(view.isTerminated());
    assertFalse(view.awaitTermination(1, MILLISECONDS));
    assertFalse(view.awaitTermination(-1, MILLISECONDS));
    release.countDown();
    assertTrue(view.awaitTermination(20, SECONDS));
    assertTrue(view.isTerminated());
    assertEquals("done", waiting.resultNow());
    assertEquals("released", running.getFirst().resultNow());
    assertEquals(0, interrupts.get());
    assertEquals(List.of(), view.shutdownNow());
    assertTrue(view.awaitTermination(0, SECONDS));
  }

  @Test
  void isTerminatedIsNeverTrueWithoutShutdown() throws Exception {
    ExecutorService view = view();
    view.submit(() -> 1).get();
    assertFalse(view.isTerminated());
    assertFalse(view.isShutdown());
    assertFalse(view.awaitTermination(1, MILLISECONDS));
  }

  @Test
  void awaitTerminationCanBeInterrupted() throws Exception {
    ExecutorService view = view();
    assertNotNull(
        interrupted(() ->
            assertThrows(InterruptedException.class, () -> view.awaitTermination(60, SECONDS))));
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, () -> view.awaitTermination(60, SECONDS));
  }

  @Test
  void whatTasksDidHappensBeforeTermination() throws Exception {
    for (int i = 0; i < 100; i++) {
      int[] plain = new int[1];
      ExecutorService view = view();
      view.execute(() -> plain[0] = 1);
      view.shutdown();
      assertTrue(view.awaitTermination(20, SECONDS));
      assertEquals(1, plain[0]);
    }
  }

  // shutdownNow

  @Test
  void shutdownNowReturnsTheTasksThatNeverStartedAndCancelsTheirFutures() throws Exception {
    ExecutorService view = view();
    List<Future<String>> running = occupyAll(view);
    AtomicInteger runs = new AtomicInteger();
    Runnable executed = () -> runs.addAndGet(1);
    Runnable submitted = () -> runs.addAndGet(10);
    view.execute(executed);
    List<Future<?>> waiting =
        List.of(
            view.submit(submitted),
            view.submit(submitted, "result"),
            view.submit((Callable<?>) () -> runs.addAndGet(100)));
    view.submit(() -> runs.addAndGet(1_000)).cancel(false); // its owner took it back
    List<Runnable> never = view.shutdownNow();
    for (Future<?> future : waiting) {
      assertTrue(future.isDone());
      assertTrue(future.isCancelled());
      assertEquals(Future.State.CANCELLED, future.state());
      assertThrows(CancellationException.class, () -> future.get(0, SECONDS));
      assertThrows(CancellationException.class, future::get);
    }
    assertEquals(4, never.size());
    assertTrue(never.contains(executed));
    assertEquals(2, Collections.frequency(never, submitted));
    assertEquals(List.of(), view.shutdownNow());
    assertTrue(view.isShutdown());
    assertTrue(view.awaitTermination(20, SECONDS));
    assertTrue(running.stream().allMatch(Future::isCancelled));
    assertEquals(WORKERS, interrupts.get());
    assertEquals(0, runs.get());
    never.forEach(Runnable::run); // whoever wants may do so
    assertEquals(121, runs.get());
  }

  @Test
  void aCallableThatWasNeverStartedThrowsWhatItThrowsWhenItIsRunByHand() throws Exception {
    ExecutorService view = view();
    occupyAll(view);
    IOException checked = new IOException();
    IllegalStateException unchecked = new IllegalStateException();
    var _ = view.submit(() -> fail(checked));
    Runnable never = view.shutdownNow().getFirst();
    assertSame(checked, assertThrows(CompletionException.class, never::run).getCause());
    assertSame(
        unchecked,
        assertThrows(
            IllegalStateException.class, () -> new Task.Uncalled(() -> fail(unchecked)).run()));
  }

  @Test
  void shutdownNowReturnsWhatThePoolItselfWasGivenToo() throws Exception {
    ExecutorService view = view();
    occupyAll(view);
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<Object> future = opened.submit(runs::incrementAndGet);
    view.shutdownNow().forEach(Runnable::run);
    assertEquals(1, runs.get());
    assertInstanceOf(PoolClosedException.class, causeOf(future));
  }

  @Test
  void shutdownNowDoesNotWaitForTasksThatRunOn() throws Exception {
    ExecutorService view = view();
    view.execute(this::blockStubbornly);
    awaitBusy(1);
    assertEquals(List.of(), view.shutdownNow()); // hangs if it waits
    Await.until("it is interrupted", () -> interrupts.get() == 1);
    assertFalse(view.isTerminated());
    assertFalse(view.awaitTermination(10, MILLISECONDS));
    release.countDown();
    assertTrue(view.awaitTermination(20, SECONDS));
  }

  @Test
  void shutdownNowAfterShutdownStopsWhatIsLeft() throws Exception {
    ExecutorService view = view();
    List<Future<String>> running = occupyAll(view);
    Future<Integer> waiting = view.submit(() -> 1);
    view.shutdown();
    assertEquals(1, view.shutdownNow().size());
    assertTrue(waiting.isCancelled());
    assertTrue(view.awaitTermination(20, SECONDS));
    assertTrue(running.stream().allMatch(Future::isCancelled));
  }

  @Test
  void shutdownNowOfAnInterruptedThreadIsTheSameAndKeepsItsFlag() throws Exception {
    ExecutorService view = view();
    occupyAll(view);
    Future<Integer> waiting = view.submit(() -> 1);
    Thread.currentThread().interrupt();
    List<Runnable> never = view.shutdownNow();
    assertTrue(Thread.interrupted());
    assertEquals(1, never.size());
    assertTrue(waiting.isCancelled());
  }

  @Test
  void whatDoesNotStopWithinTheGraceTimeIsAbandonedWithoutAnybodyWaiting() throws Exception {
    ExecutorService view = view(builder().cancelGrace(Duration.ofMillis(50)));
    Future<?> stubborn = view.submit(this::blockStubbornly);
    awaitBusy(1);
    view.shutdownNow();
    assertTrue(view.awaitTermination(20, SECONDS));
    assertEquals(1, opened.shutdownNow().abandoned().size());
    assertTrue(stubborn.isCancelled());
  }

  /** A task that was accepted is run or returned, not both, and not neither. */
  @Test
  @Tag("long")
  void shutdownNowLosesNoTask() throws Exception {
    for (int round = 0; round < 300; round++) {
      ExecutorService view = view(builder().queueCapacity(64));
      Set<Runnable> begun = ConcurrentHashMap.newKeySet();
      Set<Runnable> accepted = ConcurrentHashMap.newKeySet();
      List<Thread> submitters = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        submitters.add(Thread.ofPlatform().start(() -> submitUntilRejected(view, begun, accepted)));
      }
      int before = round % 50 * 10;
      Await.until("another has begun", () -> begun.size() > before);
      List<Runnable> never = view.shutdownNow();
      for (Thread submitter : submitters) {
        assertTrue(submitter.join(Duration.ofSeconds(20)));
      }
      assertTrue(view.awaitTermination(20, SECONDS));
      assertEquals(accepted.size(), begun.size() + never.size());
      begun.addAll(never);
      assertEquals(accepted, begun);
    }
  }

  private static void submitUntilRejected(
      ExecutorService view, Set<Runnable> begun, Set<Runnable> accepted) {
    try {
      while (true) {
        Runnable task =
            new Runnable() {
              @Override
              public void run() {
                begun.add(this);
              }
            };
        view.execute(task);
        accepted.add(task);
      }
    } catch (RejectedExecutionException e) {
      // the end
    }
  }

  /** A worker has started it when the stop comes, but its run has not come as far as the task. */
  @Test
  void aTaskThatIsTakenBackDoesNotRunAndOneThatRunsIsNotTakenBack() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    Task early = Task.executed(runs::incrementAndGet);
    assertTrue(early.takeBack());
    assertNull(early.call());
    assertEquals(0, runs.get());
    Task late = Task.executed(runs::incrementAndGet);
    assertNull(late.call());
    assertNull(late.call()); // again, as on another worker when the first broke
    assertFalse(late.takeBack());
    assertEquals(2, runs.get());
  }
}
