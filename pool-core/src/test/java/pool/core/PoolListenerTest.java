package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.Recorder.Task;

@Timeout(60)
@SuppressWarnings("try")
class PoolListenerTest {

  private final Recorder recorder = new Recorder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  /** Keeps what it is told. */
  private static final class Told implements PoolListener {

    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final List<JobRun> runs = Collections.synchronizedList(new ArrayList<>());
    final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

    private void told(String event) {
      events.add(event);
      threads.add(Thread.currentThread());
    }

    @Override
    public void stateChanged(PoolState state, Instant at) {
      told("state " + state);
    }

    @Override
    public void workerOpened(String worker, Instant began, Duration took) {
      told("opened " + worker);
    }

    @Override
    public void workerNotOpened(String worker, Instant at, Throwable cause) {
      told("not opened " + worker + ": " + cause.getMessage());
    }

    @Override
    public void workerBroke(String worker, Instant at, Throwable cause) {
      told("broke " + worker + ": " + cause.getMessage());
    }

    @Override
    public void workerAbandoned(CloseReport.Abandoned abandoned, Instant at) {
      told("abandoned " + abandoned.worker());
    }

    @Override
    public void workerReplaced(String worker, Instant at, ReplaceReason why) {
      told("replaced " + worker + ": " + why);
    }

    @Override
    public void workerFinished(String worker, Instant began, Duration took) {
      told("finished " + worker);
    }

    @Override
    public void workerClosed(String worker, Instant began, Duration took) {
      told("closed " + worker);
    }

    @Override
    public void jobRan(JobRun run) {
      runs.add(run);
    }

    @Override
    public void queueFull(Instant at) {
      told("queue full");
    }

    @Override
    public void eventsLost(long events) {
      told("lost " + events);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLifeOfAPoolIsToldInOrder(ThreadKind threads) throws Exception {
    Told told = new Told();
    try (var pool = WorkerPool.of(recorder).workers(1).threads(threads).listener(told).open()) {
      recorder.track(
          pool.submit(_ -> {
            throw new WorkerBrokenException("gone");
          }));
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
    }
    assertEquals(
        List.of(
            "opened recorder-0",
            "state OPEN",
            "broke recorder-0: gone",
            "state DEGRADED",
            "closed recorder-0",
            "replaced recorder-0: BROKEN",
            "opened recorder-0",
            "state OPEN",
            "state CLOSING",
            "finished recorder-0",
            "closed recorder-0",
            "state CLOSED"),
        told.events);
    assertEquals(1, told.threads.stream().distinct().count());
    assertEquals("recorder-listener", told.threads.getFirst().getName());
  }

  @ParameterizedTest
  @EnumSource
  void eachRunIsToldWithItsJobWorkerTimesAndFailure(Distribution distribution) throws Exception {
    Told told = new Told();
    CountDownLatch release = new CountDownLatch(1);
    Task long1 = _ -> release.await(20, SECONDS);
    Task failing =
        _ -> {
          throw new IOException("no");
        };
    try (var pool =
        WorkerPool.of(recorder).workers(1).distribution(distribution).listener(told).open()) {
      recorder.track(pool.submit(long1));
      var waiting = recorder.track(pool.submit(failing));
      ListenerTimesTest.passSomeTime();
      release.countDown();
      assertThrows(ExecutionException.class, () -> waiting.get(20, SECONDS));
      pool.mapAll(List.of(failing, Task.of(1)));
    }
    assertEquals(4, told.runs.size());
    JobRun first = told.runs.getFirst();
    assertEquals(long1, first.job());
    assertEquals("recorder-0", first.worker());
    assertTrue(first.failure().isEmpty());
    assertFalse(first.dropped());
    JobRun second = told.runs.get(1);
    assertEquals("no", second.failure().orElseThrow().getMessage());
    assertTrue(second.waited().toMillis() >= 20, "it waited behind the first");
    assertTrue(first.ran().isPositive(), first::toString);
    assertEquals(2, told.runs.stream().filter(run -> run.failure().isPresent()).count());
  }

  @Test
  void aRunThatWasCancelledIsToldAsDropped() throws Exception {
    Told told = new Told();
    CountDownLatch runs = new CountDownLatch(1);
    try (var pool = WorkerPool.of(recorder).workers(1).listener(told).open()) {
      var cancelled =
          recorder.track(
              pool.submit(_ -> {
                runs.countDown();
                return new CountDownLatch(1).await(20, SECONDS);
              }));
      runs.await();
      cancelled.cancel(true);
    }
    assertTrue(told.runs.getFirst().dropped());
    assertEquals(
        InterruptedException.class, told.runs.getFirst().failure().orElseThrow().getClass());
  }

  @Test
  void theLateRunOfABulkCallWhoseWorkerWasAbandonedIsToldAsDropped() {
    Told told = new Told();
    CountDownLatch release = new CountDownLatch(1);
    WorkerPool<Recorder.Task, Object> pool =
        WorkerPool.of(recorder)
            .workers(1)
            .jobTimeout(Duration.ofMillis(50))
            .cancelGrace(Duration.ofMillis(50))
            .listener(told)
            .open();
    Recorder.Task deaf =
        _ -> {
          PoolBrokenTest.awaitUninterruptibly(release);
          return "late";
        };
    var _ = pool.mapAll(List.of(deaf));
    Await.until("abandoned", () -> told.events.contains("abandoned recorder-0"));
    release.countDown();
    Await.until("told", () -> !told.runs.isEmpty());
    var _ = pool.shutdown(Duration.ofSeconds(20));
    assertTrue(told.runs.getFirst().dropped());
  }

  /** Four batches: some told as failed, rolled back, thrown, and dropped. */
  @ParameterizedTest
  @EnumSource
  void aBatchIsToldAsOneRunOfItsJobs(Distribution distribution) throws Exception {
    Told told = new Told();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch lastRuns = new CountDownLatch(1);
    BatchWorker<String, String> worker =
        (jobs, results) -> {
          if (jobs.contains("first")) {
            first.countDown();
            release.await();
          } else if (jobs.contains("a0")) {
            results.failed(0, new IOException("told"));
          } else if (jobs.contains("b1") && jobs.size() > 1) {
            throw new BatchRolledBackException(new IOException("together"));
          } else if (jobs.contains("c2")) {
            results.succeeded(1, "told");
            throw new IOException("the rest");
          } else if (jobs.contains("d0")) {
            lastRuns.countDown();
            new CountDownLatch(1).await();
          }
          for (int i = jobs.contains("a0") ? 1 : 0; i < jobs.size(); i++) {
            results.succeeded(i, jobs.get(i));
          }
        };
    WorkerFactory<String, String> factory =
        WorkerFactory.of("batches", String.class, String.class, _ -> worker);
    try (var pool =
        WorkerPool.of(factory)
            .workers(1)
            .distribution(distribution)
            .maxBatch(3)
            .listener(told)
            .open()) {
      var _ = pool.submit("first");
      assertTrue(first.await(20, SECONDS));
      List<CompletableFuture<String>> last = new ArrayList<>();
      for (String batch : List.of("a", "b", "c", "d")) {
        for (int i = 0; i < 3; i++) {
          var future = pool.submit(batch + i);
          if (batch.equals("d")) {
            last.add(future);
          }
        }
        if (batch.equals("a")) {
          ListenerTimesTest.passSomeTime();
        }
      }
      release.countDown();
      assertTrue(lastRuns.await(20, SECONDS));
      last.forEach(future -> assertTrue(future.cancel(true)));
    }
    assertEquals(
        List.of(
            "first 1",
            "[a0, a1, a2] 3",
            "[b0, b1, b2] 3 together",
            "b0 1",
            "b1 1",
            "b2 1",
            "[c0, c1, c2] 3 the rest",
            "[d0, d1, d2] 3 dropped"),
        told.runs.stream().map(PoolListenerTest::text).toList());
    assertEquals(List.of("a0", "a1", "a2"), told.runs.get(1).job());
    assertTrue(told.runs.get(1).waited().toMillis() >= 20, "it waited behind the first");
    assertTrue(told.runs.get(1).ran().isPositive());
  }

  private static String text(JobRun run) {
    return run.jobText()
        + " "
        + run.jobs()
        + (run.dropped() ? " dropped" : run.failure().map(e -> " " + reason(e)).orElse(""));
  }

  private static String reason(Throwable failure) {
    return (failure instanceof BatchRolledBackException ? failure.getCause() : failure)
        .getMessage();
  }

  @Test
  void whatGoesWrongIsTold() throws Exception {
    Told told = new Told();
    CountDownLatch release = new CountDownLatch(1);
    var pool =
        WorkerPool.of(recorder)
            .workers(1)
            .queueCapacity(1)
            .cancelGrace(Duration.ofMillis(10))
            .listener(told)
            .open();
    recorder.onOpen =
        _ -> {
          if (recorder.opening.get() == 2) {
            throw new IOException("not yet");
          }
        };
    recorder.track(
        pool.submit(_ -> {
          throw new WorkerBrokenException("gone");
        }));
    assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
    CountDownLatch runs = new CountDownLatch(1);
    recorder.track(
        pool.submit(_ -> {
          runs.countDown();
          PoolBrokenTest.awaitUninterruptibly(release);
          return 1;
        }));
    assertTrue(runs.await(20, SECONDS));
    recorder.track(pool.submit(Task.of(1)));
    assertTrue(pool.trySubmit(Task.of(1)).isEmpty());
    pool.shutdownNow();
    release.countDown();
    assertTrue(told.events.contains("not opened recorder-0: not yet"), told.events::toString);
    assertTrue(told.events.contains("queue full"), told.events::toString);
    assertTrue(told.events.contains("abandoned recorder-0"), told.events::toString);
  }

  @Test
  void oneThatThrowsHarmsNobodyAndIsToldOn() throws Exception {
    AtomicLong calls = new AtomicLong();
    PoolListener throwing =
        new PoolListener() {
          @Override
          public void jobRan(JobRun run) {
            calls.incrementAndGet();
            throw new IllegalStateException("bad listener");
          }
        };
    try (var pool = WorkerPool.of(recorder).workers(2).listener(throwing).open()) {
      List<Task> tasks = IntStream.range(0, 100).mapToObj(Task::of).toList();
      assertEquals(100, pool.map(tasks).size());
    }
    assertEquals(100, calls.get());
  }

  @Test
  void oneWhoseExceptionsCannotEvenBeToldIsToldOn() throws Exception {
    AtomicLong calls = new AtomicLong();
    PoolListener throwing =
        new PoolListener() {
          @Override
          public void jobRan(JobRun run) {
            calls.incrementAndGet();
            throw new IllegalStateException() {
              @Override
              public String getMessage() {
                throw new IllegalStateException("no message");
              }
            };
          }
        };
    try (var pool = WorkerPool.of(recorder).workers(1).listener(throwing).open()) {
      assertEquals(10, pool.map(Collections.nCopies(10, Task.of(1))).size());
    }
    assertEquals(10, calls.get());
  }

  @Test
  void itsThreadSleepsThoughSomebodyInterruptsIt() throws Exception {
    try (var _ = WorkerPool.of(recorder).workers(1).listener(new Told()).open()) {
      Thread thread =
          Thread.getAllStackTraces().keySet().stream()
              .filter(one -> one.getName().equals("recorder-listener"))
              .findFirst()
              .orElseThrow();
      thread.interrupt();
      Await.until(
          "it sleeps again",
          () -> !thread.isInterrupted() && thread.getState() == Thread.State.WAITING);
    }
  }

  @Test
  void severalAreEachToldOfEverythingAlsoWhenOneThrows() throws Exception {
    Told first = new Told();
    Told last = new Told();
    IllegalStateException bad = new IllegalStateException("bad listener");
    PoolListener throwing =
        (PoolListener)
            Proxy.newProxyInstance(
                PoolListener.class.getClassLoader(),
                new Class<?>[] {PoolListener.class},
                (_, _, _) -> {
                  throw bad;
                });
    PoolListener all = PoolListener.of(first, throwing, throwing, last);
    for (Method method : PoolListener.class.getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        Object[] arguments =
            Stream.of(method.getParameterTypes()).map(PoolListenerTest::argument).toArray();
        var e = assertThrows(InvocationTargetException.class, () -> method.invoke(all, arguments));
        assertEquals(bad, e.getCause().getCause(), "of two, which have thrown one and the same");
      }
    }
    assertEquals(0, bad.getSuppressed().length);
    assertEquals(first.events, last.events);
    assertEquals(10, last.events.size(), last.events::toString);
    assertEquals(1, last.runs.size());
  }

  @Test
  void aBuilderThatIsGivenSeveralTellsAllOfThem() {
    Told first = new Told();
    Told second = new Told();
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, context -> job -> job);
    try (WorkerPool<String, String> pool =
        WorkerPool.of(factory).workers(1).listener(first).listener(second).open()) {
      assertEquals("a", pool.call("a"));
    }
    assertEquals(1, first.runs.size());
    assertEquals(first.events, second.events);
  }

  private static Object argument(Class<?> type) {
    if (type == long.class) {
      return 7L;
    }
    return Map.of(
            PoolState.class,
            PoolState.OPEN,
            String.class,
            "w",
            ReplaceReason.class,
            ReplaceReason.SPENT,
            Instant.class,
            Instant.EPOCH,
            Duration.class,
            Duration.ZERO,
            Throwable.class,
            new IOException("no"),
            CloseReport.Abandoned.class,
            new CloseReport.Abandoned("w", Optional.empty(), List.of()),
            JobRun.class,
            new JobRun(
                "w", 1, Instant.EPOCH, Duration.ZERO, Duration.ZERO, Optional.empty(), false))
        .get(type);
  }

  @Test
  void oneThatBlocksHoldsUpNobodyAndWhatDoesNotFitIsCounted() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicLong told = new AtomicLong();
    AtomicLong lost = new AtomicLong();
    List<String> last = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch over = new CountDownLatch(1);
    PoolListener blocking =
        new PoolListener() {
          @Override
          public void stateChanged(PoolState state, Instant at) {
            PoolBrokenTest.awaitUninterruptibly(release);
            if (state == PoolState.CLOSED) {
              last.add("closed");
              over.countDown();
            }
          }

          @Override
          public void jobRan(JobRun run) {
            told.incrementAndGet();
          }

          @Override
          public void eventsLost(long events) {
            lost.addAndGet(events);
            last.add("lost");
          }
        };
    int jobs = PoolListener.MOST_WAITING + 1_000;
    try (var pool = WorkerPool.of(recorder).workers(2).listener(blocking).open()) {
      List<Task> tasks = Collections.nCopies(jobs, Task.of(1));
      assertEquals(jobs, pool.map(tasks).size());
    } // it has waited for the listener for a second
    release.countDown();
    assertTrue(over.await(20, SECONDS), "the last state is never left out");
    assertEquals(List.of("lost", "closed"), last);
    assertTrue(lost.get() >= 1_000, "" + lost);
    Recorder.assertNoThreadOf("recorder");
    assertTrue(told.get() + lost.get() >= jobs, told + " told, " + lost + " lost");
  }

  @Test
  void oneMayCloseThePool() throws Exception {
    CountDownLatch opened = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    List<WorkerPool<Task, Object>> pools = Collections.synchronizedList(new ArrayList<>());
    PoolListener closing =
        new PoolListener() {
          @Override
          public void jobRan(JobRun run) {
            PoolBrokenTest.awaitUninterruptibly(opened);
            pools.getFirst().close();
            closed.countDown();
          }
        };
    var pool = WorkerPool.of(recorder).workers(1).listener(closing).open();
    pools.add(pool);
    opened.countDown();
    recorder.track(pool.submit(Task.of(1)));
    assertTrue(closed.await(20, SECONDS));
    assertThrows(PoolClosedException.class, () -> pool.submit(Task.of(1)));
    pool.close();
  }

  @Test
  void noListenerNoThread() throws ExecutionException, InterruptedException {
    try (var pool = WorkerPool.of(recorder).workers(1).open()) {
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get());
      assertTrue(
          Thread.getAllStackTraces().keySet().stream()
              .noneMatch(thread -> thread.getName().equals("recorder-listener")));
    }
  }
}
