package pool.core.internal.util;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;

/** What helpers do step by step, mostly on the thread of the test, as when no other can be had. */
@Timeout(60)
class HelperExecutorStepsTest {

  private static final int MOST_THREADS = 16;
  private static final long SHORTEST_PATIENCE = MILLISECONDS.toNanos(200);

  private final HelperExecutor helpers =
      new HelperExecutor(new HelperThreads("echo", new PoolLock()));
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final List<Integer> run = new ArrayList<>();

  private record SomeTasks(int size, IntConsumer body) implements HelperExecutor.Tasks {
    @Override
    public void run(int index) {
      body.accept(index);
    }
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    goOn.countDown();
    helpers.close();
    helpers.awaitEnd(System.nanoTime());
    Await.noThreadOf("echo");
  }

  private HelperExecutor.Series awaited(int tasks, IntConsumer body) {
    return helpers.awaited(new SomeTasks(tasks, body));
  }

  private HelperExecutor.Series unawaited(int tasks, IntConsumer body) {
    return helpers.unawaited(new SomeTasks(tasks, body));
  }

  private void awaitGoOn() {
    Await.until("it is to go on", () -> goOn.getCount() == 0);
  }

  /** Something runs for which a close waits a moment only, and no thread can be had any more. */
  private void takeAllThreads() throws InterruptedException {
    helpers.close();
    assertTrue(unawaited(1, _ -> awaitGoOn()).start());
    helpers.awaitEnd(System.nanoTime()); // in vain
  }

  /** A close has a moment for what runs; but none, in no time, if it waits for what is chained. */
  private boolean isNothingAwaited() throws InterruptedException {
    long before = System.nanoTime();
    helpers.awaitEnd(before);
    return System.nanoTime() - before >= SHORTEST_PATIENCE;
  }

  @Test
  void withoutAThreadTheTasksAreRunHereInTheirOrder() throws Exception {
    takeAllThreads();
    Thread test = Thread.currentThread();
    awaited(
            3,
            index -> {
              assertEquals(test, Thread.currentThread());
              run.add(index);
            })
        .startOrRun();
    assertEquals(List.of(0, 1, 2), run);
    assertTrue(isNothingAwaited());
  }

  @Test
  void withoutAThreadAStartSaysSoEachTime() throws Exception {
    takeAllThreads();
    HelperExecutor.Series series = awaited(1, run::add);
    assertFalse(series.start());
    assertFalse(series.start());
    assertEquals(List.of(), run);
    assertTrue(isNothingAwaited());
  }

  @Test
  void ofTasksThatAreDoneNoneIsRunAgain() throws Exception {
    takeAllThreads();
    HelperExecutor.Series series = awaited(2, run::add);
    series.startOrRun();
    series.startOrRun();
    assertEquals(List.of(0, 1), run);
  }

  @Test
  void whateverATaskThrowsAndWhoeverItInterruptsTheNextIsRunAsUsual() throws Exception {
    takeAllThreads();
    awaited(
            3,
            index -> {
              run.add(index);
              assertFalse(Thread.currentThread().isInterrupted());
              Thread.currentThread().interrupt();
              throw new StackOverflowError("thrown by a task");
            })
        .startOrRun();
    assertFalse(Thread.interrupted());
    assertEquals(List.of(0, 1, 2), run);
  }

  /** The last that is free leaves its tasks to a virtual thread, or, without one, has to run it. */
  @Test
  void withoutAThreadNoTaskIsLostHoweverManyAreInForeignCode() throws Exception {
    takeAllThreads();
    nest(0);
    assertEquals(IntStream.range(0, 2 * MOST_THREADS).boxed().toList(), run);
    assertTrue(isNothingAwaited());
  }

  private void nest(int depth) {
    awaited(
            1,
            _ -> {
              run.add(depth);
              if (depth + 1 < 2 * MOST_THREADS) {
                nest(depth + 1);
              }
            })
        .startOrRun();
  }

  @Test
  void whoeverRunsATaskDoesNotWaitForItself() throws Exception {
    takeAllThreads();
    List<Boolean> flags = new ArrayList<>();
    awaited(
            1,
            _ -> {
              Thread.currentThread().interrupt(); // so that a wait would throw
              try {
                helpers.awaitEnd(Long.MAX_VALUE);
                flags.add(Thread.interrupted());
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            })
        .startOrRun();
    assertEquals(List.of(true), flags);
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedException.class,
        () -> helpers.awaitEnd(System.nanoTime() + SHORTEST_PATIENCE),
        "when it has run it, it waits like any other");
  }

  @Test
  void whatHasRunOnAnotherThreadIsNotAwaitedAnyMore() throws Exception {
    helpers.close(); // from now on they are virtual
    AtomicReference<Thread> thread = new AtomicReference<>();
    assertTrue(awaited(1, _ -> thread.set(Thread.currentThread())).start());
    Await.until("it runs", () -> thread.get() != null);
    thread.get().join();
    takeAllThreads();
    assertTrue(isNothingAwaited());
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("echo-helper"))
        .count();
  }

  @Test
  void oneTaskTakesOneThread() throws Exception {
    AtomicReference<Long> seen = new AtomicReference<>();
    HelperExecutor.Series series = awaited(1, _ -> seen.set(threads()));
    series.startOrRun();
    Await.until("it has run", () -> seen.get() != null);
    assertEquals(1, seen.get());
  }

  @Test
  void aTaskThatBlocksDoesNotHoldBackTheNext() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    AtomicReference<Thread> first = new AtomicReference<>();
    AtomicReference<Thread> other = new AtomicReference<>();
    awaited(
            2,
            index -> {
              if (index == 0) {
                first.set(Thread.currentThread());
                awaitGoOn();
              } else {
                other.set(Thread.currentThread());
                second.countDown();
              }
            })
        .startOrRun();
    second.await();
    goOn.countDown();
    Await.until("the first has begun", () -> first.get() != null);
    assertNotSame(first.get(), other.get());
  }
}
