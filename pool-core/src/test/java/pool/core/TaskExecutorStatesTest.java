package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each method of the view, in each state of its executor, has the same result as with the JDK's
 * {@link ThreadPoolExecutor} of as many threads and as large a queue.
 */
@ParameterizedClass
@EnumSource
@Timeout(120)
class TaskExecutorStatesTest {

  private static final int WORKERS = 2;
  private static final int CAPACITY = 4;

  @Parameter ThreadKind threads;

  /** A state, and how an executor gets there. */
  enum State {
    RUNNING(0, false),
    BUSY(WORKERS + 2, false),
    FULL(WORKERS + CAPACITY, false),
    SHUTTING_DOWN(WORKERS + 2, false) {
      @Override
      void end(ExecutorService executor) {
        executor.shutdown();
      }
    },
    STOPPING(WORKERS + 2, true) {
      @Override
      void end(ExecutorService executor) {
        assertEquals(2, executor.shutdownNow().size());
      }
    },
    TERMINATED(0, false) {
      @Override
      void end(ExecutorService executor) throws InterruptedException {
        executor.shutdown();
        assertTrue(executor.awaitTermination(20, SECONDS));
      }
    };

    private final int tasks;
    private final boolean stubborn;

    State(int tasks, boolean stubborn) {
      this.tasks = tasks;
      this.stubborn = stubborn;
    }

    void end(ExecutorService executor) throws InterruptedException {}
  }

  /** An executor in a state, and what holds its tasks. */
  private static final class Subject {

    private final ExecutorService executor;
    private final CountDownLatch release = new CountDownLatch(1);
    private final Semaphore started = new Semaphore(0);
    private final boolean isHeld;

    Subject(ExecutorService executor, State state) throws InterruptedException {
      this.executor = executor;
      this.isHeld = state.tasks > 0;
      for (int i = 0; i < state.tasks; i++) {
        Future<?> _ = executor.submit(() -> hold(state.stubborn));
        if (i < WORKERS) {
          assertTrue(started.tryAcquire(20, SECONDS));
        }
      }
      state.end(executor);
    }

    private Void hold(boolean stubborn) throws InterruptedException {
      started.release();
      while (true) {
        try {
          assertTrue(release.await(40, SECONDS));
          return null;
        } catch (InterruptedException e) {
          if (!stubborn) {
            throw e;
          }
        }
      }
    }

    /** What the future says once its task may run. */
    private String later(Future<?> future) throws Exception {
      boolean done = isHeld && future.isDone(); // or else it may be, or not
      release.countDown();
      return future.get(20, SECONDS) + (done ? " at once" : "");
    }

    void end() throws InterruptedException {
      release.countDown();
      executor.shutdownNow();
      assertTrue(executor.awaitTermination(20, SECONDS));
    }
  }

  /** Something that is done with an executor, as a text of what came of it. */
  @FunctionalInterface
  private interface Use {
    Object of(Subject subject) throws Exception;
  }

  private static Map<String, Use> uses() {
    Callable<String> task = () -> "done";
    Map<String, Use> uses = new LinkedHashMap<>();
    uses.put(
        "execute",
        subject -> {
          CompletableFuture<String> ran = new CompletableFuture<>();
          subject.executor.execute(() -> ran.complete("ran"));
          subject.release.countDown();
          return ran.get(20, SECONDS);
        });
    uses.put("submit a callable", s -> s.later(s.executor.submit(task)));
    uses.put("submit a runnable", s -> s.later(s.executor.submit(() -> {})));
    uses.put("submit a runnable and a result", s -> s.later(s.executor.submit(() -> {}, "given")));
    uses.put(
        "cancel what was submitted",
        subject -> {
          CountDownLatch never = new CountDownLatch(1);
          Future<?> future =
              subject.executor.submit(() -> {
                never.await();
                return null;
              });
          return future.cancel(true) + " " + future.isCancelled() + " " + future.state();
        });
    uses.put("invokeAll of none", s -> s.executor.invokeAll(List.<Callable<String>>of()));
    uses.put(
        "invokeAll",
        subject -> {
          releaseSoon(subject);
          return texts(subject.executor.invokeAll(List.of(task, task)));
        });
    uses.put(
        "invokeAll with a time-out",
        s -> texts(s.executor.invokeAll(List.of(task), 100, MILLISECONDS)));
    uses.put(
        "invokeAny",
        subject -> {
          releaseSoon(subject);
          return subject.executor.invokeAny(List.of(task));
        });
    uses.put(
        "invokeAny with a time-out", s -> s.executor.invokeAny(List.of(task), 100, MILLISECONDS));
    uses.put("isShutdown", s -> s.executor.isShutdown());
    uses.put("isTerminated", s -> s.executor.isTerminated());
    uses.put("awaitTermination", s -> s.executor.awaitTermination(50, MILLISECONDS));
    uses.put(
        "shutdown",
        subject -> {
          subject.executor.shutdown();
          boolean terminated = subject.isHeld && subject.executor.isTerminated();
          subject.release.countDown();
          return subject.executor.isShutdown()
              + (terminated ? " at once " : " ")
              + subject.executor.awaitTermination(20, SECONDS);
        });
    uses.put(
        "shutdownNow",
        subject -> {
          int waiting = subject.executor.shutdownNow().size();
          subject.release.countDown();
          return waiting + " " + subject.executor.awaitTermination(20, SECONDS);
        });
    uses.put(
        "close",
        subject -> {
          releaseSoon(subject);
          subject.executor.close();
          return subject.executor.isTerminated();
        });
    uses.put(
        "a CompletionService",
        subject -> {
          var service = new ExecutorCompletionService<String>(subject.executor);
          Future<String> submitted = service.submit(task);
          Future<String> early = service.poll();
          subject.release.countDown();
          Future<String> taken = early != null ? early : service.poll(20, SECONDS);
          return taken.get() + " " + (submitted.get() == taken.get());
        });
    uses.put(
        "a CompletionService of a runnable",
        subject -> {
          var service = new ExecutorCompletionService<String>(subject.executor);
          Future<String> _ = service.submit(() -> {}, "given");
          subject.release.countDown();
          return service.take().get();
        });
    uses.put(
        "supplyAsync", s -> s.later(CompletableFuture.supplyAsync(() -> "supplied", s.executor)));
    uses.put("runAsync", s -> s.later(CompletableFuture.runAsync(() -> {}, s.executor)));
    uses.put(
        "thenApplyAsync",
        subject ->
            subject.later(
                CompletableFuture.completedFuture(20)
                    .thenApplyAsync(number -> number + 22, subject.executor)));
    uses.put(
        "thenCombineAsync",
        subject ->
            subject.later(
                CompletableFuture.completedFuture(20)
                    .thenCombineAsync(
                        CompletableFuture.completedFuture(22), Integer::sum, subject.executor)));
    uses.put(
        "exceptionallyAsync",
        subject ->
            subject.later(
                CompletableFuture.failedFuture(new IllegalStateException("meant"))
                    .exceptionallyAsync(Throwable::getMessage, subject.executor)));
    uses.put(
        "completeAsync",
        subject ->
            subject.later(
                new CompletableFuture<String>().completeAsync(() -> "async", subject.executor)));
    return uses;
  }

  /** For what waits: the tasks that hold the executor go on while it does. */
  private static void releaseSoon(Subject subject) {
    CompletableFuture.delayedExecutor(50, MILLISECONDS).execute(subject.release::countDown);
  }

  private static List<String> texts(List<Future<String>> futures) {
    return futures.stream()
        .map(future -> future.isCancelled() ? "cancelled" : future.resultNow())
        .toList();
  }

  private static Map<String, String> outcomes(Supplier<ExecutorService> executors, State state)
      throws Exception {
    Map<String, String> outcomes = new LinkedHashMap<>();
    for (Map.Entry<String, Use> use : uses().entrySet()) {
      Subject subject = new Subject(executors.get(), state);
      outcomes.put(use.getKey(), outcome(use.getValue(), subject));
      subject.end();
    }
    return outcomes;
  }

  private static String outcome(Use use, Subject subject) {
    try {
      return String.valueOf(use.of(subject));
    } catch (Exception e) {
      if (e instanceof RejectedExecutionException
          || e.getCause() instanceof RejectedExecutionException) {
        return "rejected";
      }
      return e.getClass().getName() + (e.getCause() == null ? "" : " of " + e.getCause());
    }
  }

  private ExecutorService view() {
    return WorkerPool.asExecutorService(
        WorkerPool.tasks()
            .workers(WORKERS)
            .threads(threads)
            .queueCapacity(CAPACITY)
            .whenFull(WhenFull.REJECT)
            .open());
  }

  private static ExecutorService reference() {
    return new ThreadPoolExecutor(WORKERS, WORKERS, 0, SECONDS, new ArrayBlockingQueue<>(CAPACITY));
  }

  @ParameterizedTest
  @EnumSource
  void eachMethodDoesWhatItDoesWithTheExecutorOfTheJdk(State state) throws Exception {
    Map<String, String> expected = outcomes(TaskExecutorStatesTest::reference, state);
    if (state == State.FULL) { // here they wait for room, as the view documents
      expected.put("invokeAll", "[done, done]");
      expected.put("invokeAll with a time-out", "[cancelled]");
      expected.put("invokeAny", "done");
      expected.put("invokeAny with a time-out", "java.util.concurrent.TimeoutException");
    }
    Map<String, String> seen = outcomes(this::view, state);
    assertEquals(lines(expected), lines(seen));
  }

  private static String lines(Map<String, String> outcomes) {
    return String.join(
        "\n", outcomes.entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).toList());
  }
}
