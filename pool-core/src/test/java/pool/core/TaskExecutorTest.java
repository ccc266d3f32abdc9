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

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.Thread.UncaughtExceptionHandler;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerFactory;

/**
 * What the javadoc of {@link ExecutorService} and {@link Future} promises, sentence by sentence.
 */
@SuppressWarnings("try")
@ParameterizedClass
@EnumSource
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TaskExecutorTest {

  private static final int WORKERS = 2;

  @Parameter ThreadKind threads;

  private final CountDownLatch release = new CountDownLatch(1);
  private final Semaphore busy = new Semaphore(0);
  private final AtomicInteger interrupts = new AtomicInteger();
  private @Nullable WorkerPool<Callable<?>, Object> opened;

  private WorkerPool.Builder<Callable<?>, Object> builder() {
    return WorkerPool.tasks().workers(WORKERS).threads(threads).cancelGrace(Duration.ofSeconds(20));
  }

  private ExecutorService view(WorkerPool.Builder<Callable<?>, Object> builder) {
    opened = builder.open();
    return WorkerPool.asExecutorService(opened);
  }

  private ExecutorService view() {
    return view(builder());
  }

  private PoolStats stats() {
    return opened.stats();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    if (opened != null) {
      CloseReport report = opened.shutdown(Duration.ofSeconds(20));
      Recorder.assertAddsUp(report);
    }
    Recorder.assertNoThreadOf("tasks");
  }

  /** Blocks until released; counts interrupts, which end it. */
  private String block() throws InterruptedException {
    busy.release();
    try {
      assertTrue(release.await(40, SECONDS));
      return "released";
    } catch (InterruptedException e) {
      interrupts.incrementAndGet();
      throw e;
    }
  }

  private static String forEver() throws InterruptedException {
    assertTrue(new CountDownLatch(1).await(40, SECONDS), "it was not interrupted");
    return "never";
  }

  /** Blocks until released, whatever happens. */
  private void blockStubbornly() {
    busy.release();
    boolean done = false;
    while (!done) {
      try {
        done = release.await(40, SECONDS);
      } catch (InterruptedException e) {
        interrupts.incrementAndGet();
      }
    }
  }

  private void awaitBusy(int tasks) throws InterruptedException {
    assertTrue(busy.tryAcquire(tasks, 20, SECONDS), "the tasks did not start");
  }

  private List<Future<String>> occupyAll(ExecutorService view) throws InterruptedException {
    List<Future<String>> futures = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      futures.add(view.submit(this::block));
      awaitBusy(1);
    }
    return futures;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "it did not come true");
      Thread.onSpinWait();
    }
  }

  private static Throwable causeOf(Future<?> future) {
    return assertThrows(ExecutionException.class, () -> future.get(20, SECONDS)).getCause();
  }

  /**
   * Runs on a thread of its own, which is interrupted when it waits; returns what that made it do.
   */
  private static <T> T interrupted(Callable<T> waits) throws Exception {
    FutureTask<T> task = new FutureTask<>(waits);
    Thread thread = Thread.ofPlatform().start(task);
    await(() ->
        thread.getState() == Thread.State.WAITING
            || thread.getState() == Thread.State.TIMED_WAITING);
    thread.interrupt();
    return task.get(20, SECONDS);
  }

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

  /** Throws anything. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> Object fail(Throwable thrown) throws X {
    throw (X) thrown;
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

  private static void sneak(Throwable thrown) {
    Object _ = TaskExecutorTest.<RuntimeException>fail(thrown);
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
    await(() -> interrupts.get() == busy.availablePermits());
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
    await(() -> stats().workers().stream().allMatch(w -> w.state() == WorkerState.IDLE));
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
    await(() -> stats().submitted() == 5);
    assertEquals(3, view.shutdownNow().size());
    assertInstanceOf(ExecutionException.class, causeOf(invoking));
  }

  // shutdown, isShutdown, isTerminated, awaitTermination

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
    await(() -> interrupts.get() == 1);
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
      await(() -> begun.size() > before);
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

  /** By hand, since it is over in nanoseconds: the steps of a worker that is outrun by the stop. */
  @Test
  void shutdownNowWaitsForWhatAWorkerIsJustTakingAndKeepsTheFlag() throws Exception {
    PoolCore<Callable<?>, Object> core = threadless();
    WorkerThread<Callable<?>, Object> worker = core.workers.getFirst();
    List<Runnable> given = List.of(() -> {}, () -> {}, () -> {});
    List<JobFuture<Callable<?>, Object>> jobs =
        given.stream().map(Task::executed).map(core.intake::submit).toList();
    Hand<Callable<?>, Object> taken = new Hand<>(worker.slot(), 2); // not yet in its own
    assertEquals(2, core.intake.take(taken, 2));
    assertTrue(jobs.get(1).start(worker.slot()));
    var _ = jobs.get(2).whenComplete((_, _) -> blockStubbornly()); // so that it does not end
    boolean[] flag = new boolean[1];
    FutureTask<List<Runnable>> stopping =
        new FutureTask<>(() -> {
          List<Runnable> never = new TaskExecutor(null, core).shutdownNow();
          flag[0] = Thread.interrupted();
          return never;
        });
    Thread stopper = Thread.ofPlatform().start(stopping);
    await(() -> stopper.getState() == Thread.State.TIMED_WAITING);
    stopper.interrupt();
    core.canceller.cancelStartedLate(worker, jobs.get(1));
    worker.hand.put(0, jobs.get(0));
    worker.hand.took(1);
    core.canceller.returnTaken(worker);
    List<Runnable> never = stopping.get(20, SECONDS);
    assertEquals(3, never.size());
    assertEquals(Set.copyOf(given), Set.copyOf(never));
    assertTrue(flag[0]);
    release.countDown();
    await(core.life::isClosed);
  }

  private PoolCore<Callable<?>, Object> threadless() {
    PoolCore<Callable<?>, Object> core =
        new PoolCore<>(
            TaskExecutor.factory(),
            WorkerPool.tasks()
                .workers(1)
                .threads(threads)
                .queueCapacity(10)
                .whenFull(WhenFull.REJECT)
                .cancelGrace(Duration.ofSeconds(20))
                .settings());
    core.life.everyWorkerIsOpen();
    return core;
  }

  // On a worker

  @Test
  void aTaskMayShutItsExecutorDown() throws Exception {
    ExecutorService view = view();
    Future<String> future =
        view.submit(() -> {
          view.shutdown();
          return "done";
        });
    assertEquals("done", future.get(20, SECONDS));
    assertTrue(view.awaitTermination(20, SECONDS));
  }

  @Test
  void aTaskMayStopItsExecutorAndIsStoppedToo() throws Exception {
    ExecutorService view = view(builder().workers(1));
    BlockingQueue<List<Runnable>> never = new LinkedBlockingQueue<>();
    Future<String> future =
        view.submit(() -> {
          String _ = block();
          never.add(view.shutdownNow());
          return forEver();
        });
    awaitBusy(1);
    Runnable waiting = () -> {};
    view.execute(waiting);
    release.countDown();
    assertEquals(List.of(waiting), never.poll(20, SECONDS));
    assertTrue(future.isCancelled());
    assertTrue(view.awaitTermination(20, SECONDS));
  }

  @Test
  void aTaskThatAwaitsTheTerminationOfItsExecutorDoesSoInVain() throws Exception {
    ExecutorService view = view();
    Future<Boolean> future =
        view.submit(() -> {
          view.shutdown();
          return view.awaitTermination(10, MILLISECONDS);
        });
    assertFalse(future.get(20, SECONDS));
  }

  @Test
  void aTaskThatAwaitsTheTerminationOfItsExecutorIsInterruptedByShutdownNow() throws Exception {
    ExecutorService view = view();
    BlockingQueue<Exception> thrown = new LinkedBlockingQueue<>();
    view.execute(() -> {
      try {
        busy.release();
        assertFalse(view.awaitTermination(40, SECONDS));
      } catch (InterruptedException e) {
        thrown.add(e);
      }
    });
    awaitBusy(1);
    view.shutdownNow();
    assertNotNull(thrown.poll(20, SECONDS));
    assertTrue(view.awaitTermination(20, SECONDS));
  }

  @Test
  void closeOnAWorkerIsRefused() throws Exception {
    ExecutorService view = view();
    assertInstanceOf(IllegalStateException.class, causeOf(view.submit(view::close)));
    assertFalse(view.isShutdown());
  }

  // close

  @Test
  void closeWaitsForWhatWasSubmittedAndThenHasNoEffect() throws Exception {
    ExecutorService view = view();
    occupyAll(view);
    Future<String> waiting = view.submit(() -> "done");
    Thread closer = Thread.ofPlatform().start(view::close);
    await(view::isShutdown);
    assertTrue(closer.isAlive());
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(20)));
    assertTrue(view.isTerminated());
    assertEquals("done", waiting.resultNow());
    Thread.currentThread().interrupt();
    view.close();
    assertTrue(Thread.interrupted());
  }

  @Test
  void closeThatIsInterruptedStopsWhatRunsWaitsAndKeepsItsFlag() throws Exception {
    ExecutorService view = view();
    Future<?> stubborn = view.submit(this::blockStubbornly);
    Future<String> running = view.submit(this::block);
    awaitBusy(2);
    Future<String> waiting = view.submit(() -> "never");
    AtomicBoolean flag = new AtomicBoolean();
    Thread closer =
        Thread.ofPlatform()
            .start(() -> {
              view.close();
              flag.set(Thread.interrupted());
            });
    await(view::isShutdown);
    closer.interrupt();
    await(() -> interrupts.get() == 2);
    assertTrue(closer.isAlive());
    assertFalse(view.isTerminated());
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(20)));
    assertTrue(flag.get());
    assertTrue(stubborn.isCancelled() && running.isCancelled() && waiting.isCancelled());
  }

  @Test
  void closeThrowsNothingThoughItStopsWhatIsNotDoneInTime() throws Exception {
    ExecutorService view = view(builder().closeTimeout(Duration.ofMillis(20)));
    List<Future<String>> running = occupyAll(view);
    Future<String> waiting = view.submit(() -> "never");
    view.close();
    assertTrue(running.stream().allMatch(Future::isCancelled));
    assertTrue(waiting.isCancelled());
    assertEquals(List.of(), view.shutdownNow()); // the report has it
    assertEquals(1, opened.shutdownNow().returnedJobs().size());
  }

  // The view and its pool

  @Test
  void aViewOfWorkersThatOwnSomethingRunsTasksAsTheyDo() throws Exception {
    @SuppressWarnings("unchecked")
    Class<Callable<?>> type = (Class<Callable<?>>) (Class<?>) Callable.class;
    AtomicInteger transactions = new AtomicInteger();
    WorkerFactory<Callable<?>, Object> factory =
        WorkerFactory.of(
            "tasks",
            type,
            Object.class,
            _ ->
                task -> {
                  transactions.incrementAndGet();
                  return task.call();
                });
    ExecutorService view = view(WorkerPool.of(factory).workers(1).threads(threads));
    assertEquals(
        List.of(1, 2),
        view.invokeAll(List.of(() -> 1, () -> 2)).stream().map(Future::resultNow).toList());
    assertEquals(2, transactions.get());
  }

  @Test
  void twoViewsAreOfOnePool() throws Exception {
    ExecutorService view = view();
    ExecutorService other = WorkerPool.asExecutorService(opened);
    other.shutdown();
    assertTrue(view.awaitTermination(20, SECONDS));
    assertEquals("TaskExecutor[WorkerPool[tasks, CLOSED]]", view.toString());
  }

  @Test
  void aPoolIsNotForgottenWhileItsViewIsThere() throws Exception {
    ExecutorService view = view();
    WeakReference<Object> pool = new WeakReference<>(opened);
    opened = null;
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Object kept = pool.get();
    view.close();
    assertNotNull(kept);
  }

  // For real

  @Test
  void anHttpClientRunsOnAPool() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestURI().getPath().getBytes();
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    ExecutorService view = view();
    try (HttpClient client = HttpClient.newBuilder().executor(view).build()) {
      Set<String> threads = ConcurrentHashMap.newKeySet();
      List<CompletableFuture<String>> bodies =
          IntStream.range(0, 100)
              .mapToObj(i -> HttpRequest.newBuilder(base.resolve("/" + i)).build())
              .map(request -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
              .map(response -> response.thenApply(HttpResponse::body))
              .map(body ->
                  body.thenApplyAsync(
                      text -> {
                        threads.add(Thread.currentThread().getName());
                        return text;
                      },
                      view))
              .toList();
      for (int i = 0; i < bodies.size(); i++) {
        assertEquals("/" + i, bodies.get(i).get(20, SECONDS));
      }
      assertTrue(Set.of("tasks-0", "tasks-1").containsAll(threads), threads::toString);
      assertEquals(
          "/sync",
          client
              .send(
                  HttpRequest.newBuilder(base.resolve("/sync")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
      assertTrue(stats().succeeded() > 200, () -> stats().toString()); // more than ours
    } finally {
      server.stop(0);
    }
  }

  @Test
  void completableFuturesRunOnAPool() throws Exception {
    ExecutorService view = view();
    CompletableFuture<String> text =
        CompletableFuture.supplyAsync(() -> 20, view)
            .thenCombineAsync(CompletableFuture.supplyAsync(() -> 22, view), Integer::sum, view)
            .thenApplyAsync(sum -> sum + " on " + Thread.currentThread().getName(), view);
    assertTrue(text.get(20, SECONDS).matches("42 on tasks-[01]"), text::resultNow);
    IllegalStateException thrown = new IllegalStateException("no");
    assertSame(thrown, causeOf(CompletableFuture.runAsync(() -> sneak(thrown), view)));
    assertEquals(0, stats().failed());
  }

  @Test
  void aCompletionServiceRunsOnAPool() throws Exception {
    ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(view());
    for (int i = 0; i < 100; i++) {
      int result = i;
      Future<Integer> _ = service.submit(() -> result);
    }
    int sum = 0;
    for (int i = 0; i < 100; i++) {
      sum += service.take().get();
    }
    assertEquals(4_950, sum);
  }
}
