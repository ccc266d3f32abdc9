package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/** Jobs that wait for a time and are run again, and the pause of a pool. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsDistributionsAndWorkers")
@Timeout(60)
class RetryLaterTest {

  private static final Duration DELAY = Duration.ofMillis(10);
  private static final Duration LONG = Duration.ofHours(1);

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  /** What a run does: the how many-th of its job, from 1. */
  interface Run {
    String run(String job, int run) throws Exception;
  }

  private final Map<String, List<Long>> runs = new ConcurrentHashMap<>(); // when each began
  private final Queue<String> order = new ConcurrentLinkedQueue<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile Run run = (job, _) -> job;

  private final class Recorded implements Worker<String, String> {

    Recorded() {
      opened.incrementAndGet();
    }

    @Override
    public String run(String job) throws Exception {
      List<Long> begun =
          runs.computeIfAbsent(job, _ -> Collections.synchronizedList(new ArrayList<>()));
      begun.add(System.nanoTime());
      order.add(job);
      return run.run(job, begun.size());
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @AfterEach
  void everyWorkerIsClosed() {
    release.countDown();
    Await.until("closed", () -> closed.get() == opened.get());
  }

  private WorkerPool.Builder<String, String> builder() {
    return WorkerPool.of(
            WorkerFactory.of("retried", String.class, String.class, _ -> new Recorded()))
        .workers(workers)
        .threads(threads)
        .distribution(distribution)
        .closeTimeout(Duration.ofSeconds(20));
  }

  private static String later(Duration delay) throws RetryLaterException {
    throw new RetryLaterException(delay);
  }

  private static <T extends Throwable> T cause(Class<T> type, CompletableFuture<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
    return assertInstanceOf(type, e.getCause());
  }

  private void assertWaited(String job, Duration delay) {
    List<Long> begun = runs.get(job);
    for (int i = 1; i < begun.size(); i++) {
      long waited = begun.get(i) - begun.get(i - 1);
      assertTrue(waited >= delay.toNanos(), () -> job + " waited only " + waited + " ns");
    }
  }

  @Test
  void theJobIsRunAgainAndNotBeforeItsDelay() throws Exception {
    run = (job, number) -> number < 3 ? later(DELAY) : job;
    try (var pool = builder().open()) {
      var submitted = pool.submit("submitted");
      var keyed = pool.submit("key", "keyed");
      assertEquals("called", pool.call("called"));
      assertEquals("submitted", submitted.get(20, SECONDS));
      assertEquals("keyed", keyed.get(20, SECONDS));
      assertEquals(List.of("m0", "m1", "m2"), pool.map(List.of("m0", "m1", "m2")));
      assertEquals(List.of("s0", "s1"), pool.stream(List.of("s0", "s1").stream()).toList());
      PoolStats stats = pool.stats();
      assertEquals(16, stats.retried());
      assertEquals(8, stats.succeeded());
      assertEquals(8, stats.submitted());
      assertEquals(0, stats.queued() + stats.running());
    }
    runs.forEach((job, begun) -> assertEquals(3, begun.size(), job));
    runs.keySet().forEach(job -> assertWaited(job, DELAY));
  }

  @Test
  void afterTheLastRetryItFailsWithTheException() throws Exception {
    run = (_, _) -> later(Duration.ZERO);
    try (var pool = builder().maxRetries(2).open()) {
      RetryLaterException thrown = cause(RetryLaterException.class, pool.submit("job"));
      assertEquals(Duration.ZERO, thrown.delay());
      assertEquals(3, runs.get("job").size());
      JobFailedException inBulk =
          assertThrows(JobFailedException.class, () -> pool.map(List.of("in bulk")));
      assertInstanceOf(RetryLaterException.class, inBulk.getCause());
      assertEquals(0, inBulk.index());
      assertEquals(3, runs.get("in bulk").size());
      assertEquals(4, pool.stats().retried());
      assertEquals(2, pool.stats().failed());
    }
    try (var pool = builder().maxRetries(0).open()) {
      RetryLaterException _ = cause(RetryLaterException.class, pool.submit("once"));
      assertEquals(1, runs.get("once").size());
    }
  }

  @Test
  void itGivesItsWorkerBackAndCountsAsQueued() throws Exception {
    run = (job, number) -> job.startsWith("later") && number == 1 ? later(LONG) : job;
    WorkerPool<String, String> pool = builder().open();
    var later = pool.submit("later");
    Await.until("put off", () -> pool.stats().retried() == 1);
    assertEquals("other", pool.submit("other").get(20, SECONDS));
    assertEquals(1, pool.stats().queued());
    assertEquals(0, pool.stats().running());
    assertFalse(pool.awaitIdle(Duration.ofMillis(1)));
    assertTrue(later.cancel(false));
    assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
    assertEquals(1, pool.stats().cancelled());
    assertTrue(pool.shutdown(Duration.ofSeconds(20)).isClean());
  }

  @Test
  void jobsOfItsKeyWaitBehindItInOrderAndOthersGoOn() throws Exception {
    run =
        (job, number) -> {
          if (number == 1 && job.startsWith("later")) {
            release.await();
            return later(DELAY);
          }
          return job;
        };
    try (var pool = builder().open()) {
      List<CompletableFuture<String>> ofKey = new ArrayList<>();
      for (String job : List.of("later-0", "1", "later-2", "3")) {
        ofKey.add(pool.submit("key", job));
      }
      var other = pool.submit("another", "other");
      release.countDown();
      for (CompletableFuture<String> future : ofKey) {
        String _ = future.get(20, SECONDS);
      }
      assertEquals("other", other.get(20, SECONDS));
    }
    List<String> ofKey = order.stream().filter(job -> !job.equals("other")).toList();
    assertEquals(List.of("later-0", "later-0", "1", "later-2", "later-2", "3"), ofKey);
    assertWaited("later-0", DELAY);
    assertWaited("later-2", DELAY);
  }

  @Test
  void aCancelledJobHoldsItsKeyNoLonger() throws Exception {
    run = (job, number) -> job.equals("later") && number == 1 ? later(LONG) : job;
    try (var pool = builder().open()) {
      var later = pool.submit("key", "later");
      Await.until("put off", () -> pool.stats().retried() == 1);
      var next = pool.submit("key", "next");
      assertEquals("other", pool.submit("another", "other").get(20, SECONDS));
      assertFalse(next.isDone());
      assertTrue(later.cancel(false));
      assertEquals("next", next.get(20, SECONDS));
    }
  }

  @Test
  void inABulkCallOthersGoOnAndMapIsNotEndedByIt() throws Exception {
    List<String> jobs = IntStream.range(0, 50).mapToObj(i -> "job" + i).toList();
    run = (job, number) -> job.endsWith("3") && number < 3 ? later(DELAY) : job;
    try (var pool = builder().open()) {
      assertEquals(jobs, pool.map(jobs));
      run = (job, _) -> job.equals("job7") ? later(Duration.ZERO) : job;
      List<Outcome<String, String>> outcomes = pool.mapAll(jobs);
      assertInstanceOf(Outcome.Failed.class, outcomes.get(7));
      assertEquals(49, outcomes.stream().filter(Outcome::isSucceeded).count());
      PoolStats stats = pool.stats();
      assertEquals(100, stats.submitted());
      assertEquals(99, stats.succeeded());
      assertEquals(1, stats.failed());
      assertEquals(13, stats.retried());
    }
  }

  @Test
  void aFailureEndsAMapWhoseOtherJobsWaitForATime() {
    CountDownLatch putOff = new CountDownLatch(1);
    run =
        (job, _) -> {
          if (job.equals("later")) {
            return later(LONG);
          }
          putOff.await();
          throw new IOException("ends the call");
        };
    var listener =
        new PoolListener() {
          @Override
          public void jobPutOff(
              String worker, Object job, Instant at, Duration delay, Throwable cause) {
            putOff.countDown();
          }
        };
    try (var pool = builder().listener(listener).open()) {
      JobFailedException e =
          assertThrows(JobFailedException.class, () -> pool.map(List.of("later", "fails")));
      assertEquals(1, e.index());
      assertEquals(1, pool.stats().notStarted());
    }
  }

  @Test
  void closeWaitsForTheJob() throws Exception {
    run = (job, number) -> number < 3 ? later(DELAY) : job;
    WorkerPool<String, String> pool = builder().open();
    var plain = pool.submit("plain");
    var keyed = pool.submit("key", "keyed");
    var behind = pool.submit("key", "behind");
    assertTrue(pool.shutdown(Duration.ofSeconds(20)).isClean());
    assertEquals("plain", plain.getNow(null));
    assertEquals("keyed", keyed.getNow(null));
    assertEquals("behind", behind.getNow(null));
    assertEquals(
        List.of("keyed", "keyed", "keyed", "behind", "behind", "behind"),
        order.stream().filter(job -> !job.equals("plain")).toList());
  }

  @Test
  void aDeadlineMakesItNotStarted() throws Exception {
    run = (_, _) -> later(LONG);
    WorkerPool<String, String> pool = builder().open();
    List<CompletableFuture<String>> futures = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      futures.add(pool.submit("job" + i));
      futures.add(pool.submit(i, "keyed" + i));
    }
    Await.until("put off", () -> pool.stats().retried() == 40);
    CloseReport report = pool.shutdown(Duration.ofMillis(1));
    assertEquals(40, report.notStarted());
    assertEquals(40, report.notStartedJobs().size());
    futures.forEach(future -> cause(PoolClosedException.class, future));
  }

  @Test
  void itReentersAFullQueueAndSubmittersWait() throws Exception {
    run =
        (job, number) -> {
          if (number == 1 && job.startsWith("later")) {
            release.await();
            return later(LONG);
          }
          return job;
        };
    WorkerPool<String, String> pool = builder().queueCapacity(2).open();
    List<CompletableFuture<String>> putOff = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      putOff.add(pool.submit("later" + i)); // perhaps two wait for one slot
    }
    release.countDown();
    Await.until("put off", () -> pool.stats().retried() == workers);
    while (pool.stats().queued() < 2) {
      putOff.add(pool.submit("later" + putOff.size()));
      Await.until("put off", () -> pool.stats().retried() == putOff.size());
    }
    assertTrue(pool.trySubmit("refused").isEmpty());
    putOff.forEach(future -> future.cancel(false));
    assertEquals("accepted", pool.submit("accepted").get(20, SECONDS));
    pool.close();
  }

  @Test
  void failuresThatTheApplicationNamesAreRetriedWithWaitsThatDouble() throws Exception {
    run =
        (job, number) -> {
          if (number < 4) {
            throw job.equals("other") ? new IllegalStateException(job) : new IOException(job);
          }
          return job;
        };
    Duration first = Duration.ofMillis(4);
    try (var pool =
        builder().retryOn(e -> e instanceof IOException, first, Duration.ofMillis(8)).open()) {
      var named = pool.submit("named");
      IllegalStateException _ = cause(IllegalStateException.class, pool.submit("other"));
      assertEquals("named", named.get(20, SECONDS));
      assertEquals(List.of("in bulk"), pool.map(List.of("in bulk")));
      assertEquals(1, runs.get("other").size());
    }
    for (String job : List.of("named", "in bulk")) {
      assertWaited(job, first);
      List<Long> begun = runs.get(job);
      assertTrue(begun.get(2) - begun.get(1) >= 2 * first.toNanos());
      assertTrue(begun.get(3) - begun.get(2) >= 2 * first.toNanos());
    }
  }

  @Test
  void aNamedFailureThatBreaksItsWorkerAlsoReplacesIt() throws Exception {
    run =
        (job, number) -> {
          if (number == 1) {
            throw new WorkerBrokenException("once");
          }
          return job;
        };
    try (var pool = builder().retryOn(_ -> true, DELAY, DELAY).open()) {
      assertEquals("job", pool.submit("job").get(20, SECONDS));
      assertWaited("job", DELAY);
      assertEquals(1, pool.stats().retried());
      Await.until("replaced", () -> opened.get() == workers + 1);
    }
  }

  @Test
  void aPredicateThatThrowsRetriesNothing() {
    run =
        (_, _) -> {
          throw new IOException("the job's");
        };
    try (var pool =
        builder()
            .retryOn(
                _ -> {
                  throw new IllegalStateException("the predicate's");
                },
                DELAY,
                DELAY)
            .open()) {
      assertEquals("the job's", cause(IOException.class, pool.submit("job")).getMessage());
    }
  }

  @Test
  void attemptsAndRetriesAreCountedApart() throws Exception {
    run =
        (job, number) ->
            switch (number) {
              case 1, 3 -> later(Duration.ZERO);
              case 2 -> throw new WorkerBrokenException("once");
              default -> job;
            };
    try (var pool = builder().maxAttempts(2).maxRetries(2).open()) {
      assertEquals("job", pool.submit("job").get(20, SECONDS));
      assertEquals(List.of("in bulk"), pool.map(List.of("in bulk")));
      assertEquals(4, pool.stats().retried());
    }
  }

  @Test
  void whilePausedNoJobOfThePoolStarts() throws Exception {
    Duration pause = Duration.ofMillis(30);
    AtomicInteger asked = new AtomicInteger();
    run =
        (job, number) -> {
          if (job.equals("asks") && number == 1) {
            asked.incrementAndGet();
            throw new RetryLaterException(pause).pausingPool();
          }
          return job;
        };
    try (var pool = builder().maxRetries(1).open()) {
      var asks = pool.submit("asks");
      Await.until("put off", () -> pool.stats().retried() == 1);
      long paused = runs.get("asks").getFirst(); // and later, so the check is less than strict
      var submitted = pool.submit("submitted");
      var keyed = pool.submit("key", "keyed");
      assertEquals(List.of("a", "b", "c"), pool.map(List.of("a", "b", "c")));
      assertEquals("asks", asks.get(20, SECONDS));
      assertEquals("submitted", submitted.get(20, SECONDS));
      assertEquals("keyed", keyed.get(20, SECONDS));
      runs.forEach((job, begun) ->
          assertTrue(begun.getLast() - paused >= pause.toNanos(), () -> job + " did not wait"));
    }
    assertEquals(1, asked.get());
  }

  @Test
  void theLaterEndOfTwoPausesWinsAlsoOfAJobThatIsNotRunAgain() throws Exception {
    run =
        (job, _) -> {
          long millis = job.equals("long") ? 100 : 1;
          if (job.equals("next")) {
            return job;
          }
          release.await();
          throw new RetryLaterException(Duration.ofMillis(millis)).pausingPool();
        };
    try (var pool = builder().workers(2).maxRetries(0).open()) {
      var first = pool.submit("long");
      var second = pool.submit("short");
      Await.until("run", () -> pool.stats().running() == 2);
      long before = System.nanoTime();
      release.countDown();
      RetryLaterException _ = cause(RetryLaterException.class, first);
      RetryLaterException _ = cause(RetryLaterException.class, second);
      assertEquals("next", pool.submit("next").get(20, SECONDS));
      assertTrue(System.nanoTime() - before >= MILLISECONDS.toNanos(100));
    }
  }

  @Test
  void aDeadlineEndsThePause() throws Exception {
    run =
        (_, _) -> {
          throw new RetryLaterException(LONG).pausingPool();
        };
    WorkerPool<String, String> pool = builder().maxRetries(0).open();
    RetryLaterException _ = cause(RetryLaterException.class, pool.submit("asks"));
    var waits = pool.submit("waits");
    assertTrue(pool.shutdown(Duration.ofMillis(1)).abandoned().isEmpty());
    PoolClosedException _ = cause(PoolClosedException.class, waits);
  }

  @Test
  void aShortDelayIsNotHeldUpByALongerOne() throws Exception {
    run =
        (job, number) ->
            number == 1 ? later(job.equals("long") ? LONG : Duration.ofMillis(1)) : job;
    try (var pool = builder().openTimeout(Duration.ofMinutes(30)).open()) { // it looks seldom
      var slow = pool.submit("long");
      Await.until("put off", () -> pool.stats().retried() == 1);
      assertEquals("short", pool.submit("short").get(5, SECONDS));
      slow.cancel(false);
    }
  }

  @Test
  void aKeyIsFreeAgainAfterThePoolWasBroken() throws Exception {
    run =
        (job, _) ->
            switch (job) {
              case "later" -> later(LONG);
              case "break" -> throw new WorkerBrokenException("as asked");
              default -> job;
            };
    AtomicBoolean cannotOpen = new AtomicBoolean();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "retried",
            String.class,
            String.class,
            _ -> {
              if (cannotOpen.get()) {
                throw new IOException("down");
              }
              return new Recorded();
            });
    try (var pool =
        WorkerPool.of(factory)
            .workers(workers)
            .threads(threads)
            .distribution(distribution)
            .openTimeout(Duration.ofMillis(500))
            .open()) {
      var putOff = pool.submit("key", "later");
      Await.until("put off", () -> pool.stats().retried() == 1);
      var _ = pool.submit("key", "behind");
      cannotOpen.set(true);
      for (int i = 0; i < 64 * workers && opened.get() - closed.get() > 0; i++) {
        var _ = pool.submit(i, "break"); // each slot gets some
      }
      PoolBrokenException _ = cause(PoolBrokenException.class, putOff);
      cannotOpen.set(false);
      Await.until("open again", () -> pool.stats().state() == PoolState.OPEN);
      assertEquals("after", pool.submit("key", "after").get(20, SECONDS));
    }
  }

  @Test
  void aPredicateThatHangsIsTimedOutAndAbandonedWithItsRun() throws Exception {
    run =
        (_, _) -> {
          throw new IOException("to be judged");
        };
    var pool =
        builder()
            .retryOn(
                _ -> {
                  PoolBrokenTest.awaitUninterruptibly(release);
                  return false;
                },
                DELAY,
                DELAY)
            .jobTimeout(Duration.ofMillis(20))
            .cancelGrace(Duration.ofMillis(5))
            .open();
    TimeoutException _ = cause(TimeoutException.class, pool.submit("job"));
    run = (job, _) -> job;
    assertEquals("next", pool.submit("next").get(20, SECONDS));
    release.countDown();
    assertTrue(pool.shutdown(Duration.ofSeconds(20)).failed() >= 1);
  }

  @Test
  void aWorkerMayNotWaitForAJobThatItsOwnSlotHasPutOff() throws Exception {
    AtomicReference<CompletableFuture<String>> putOff = new AtomicReference<>();
    run =
        (job, _) -> {
          if (job.equals("later")) {
            return later(LONG);
          }
          return assertThrows(IllegalStateException.class, () -> putOff.get().join()).getMessage();
        };
    try (var pool = builder().workers(1).open()) {
      putOff.set(pool.submit("later"));
      Await.until("put off", () -> pool.stats().retried() == 1);
      assertTrue(pool.submit("joins").get(20, SECONDS).contains("for ever"));
      putOff.get().cancel(false);
    }
  }

  @Test
  @SuppressWarnings("try") // close() may be interrupted
  void pingsGoOnWhileThePoolIsPaused() throws Exception {
    CountDownLatch pinged = new CountDownLatch(2);
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "retried",
            String.class,
            String.class,
            _ ->
                new Worker<>() {
                  @Override
                  public String run(String job) throws RetryLaterException {
                    throw new RetryLaterException(LONG).pausingPool();
                  }

                  @Override
                  public void ping() {
                    pinged.countDown();
                  }
                });
    var pool =
        WorkerPool.of(factory)
            .workers(workers)
            .threads(threads)
            .pingInterval(Duration.ofMillis(2))
            .open();
    var asks = pool.submit("asks");
    Await.until("put off", () -> pool.stats().retried() == 1);
    assertTrue(pinged.await(20, SECONDS));
    assertEquals(1, pool.shutdownNow().notStarted());
    PoolClosedException _ = cause(PoolClosedException.class, asks);
  }

  @Test
  void tasksOfTheExecutorAreRunAgain() throws Exception {
    AtomicInteger runsOfTask = new AtomicInteger();
    var pool = WorkerPool.tasks().workers(workers).threads(threads).open();
    try (var executor = WorkerPool.asExecutorService(pool)) {
      var future = executor.submit(() -> runsOfTask.incrementAndGet() < 3 ? later(DELAY) : "done");
      assertEquals("done", future.get(20, SECONDS));
    }
  }

  @Test
  void shutdownNowOfTheExecutorDoesNotReturnATaskThatHasBegun() throws Exception {
    var pool = WorkerPool.tasks().workers(workers).threads(threads).open();
    var executor = WorkerPool.asExecutorService(pool);
    var begun = executor.submit(() -> later(LONG));
    Await.until("put off", () -> pool.stats().retried() == 1);
    assertEquals(List.of(), executor.shutdownNow());
    assertTrue(executor.awaitTermination(20, SECONDS));
    assertTrue(begun.isCancelled());
  }

  @Test
  void theListenerIsToldOfEachDelayWhichIsJitteredUpwards() throws Exception {
    Queue<Duration> delays = new ConcurrentLinkedQueue<>();
    RetryLaterException thrown = new RetryLaterException(Duration.ofMillis(1), new IOException());
    run =
        (job, number) -> {
          if (number == 1) {
            throw thrown;
          }
          return job;
        };
    var listener =
        new PoolListener() {
          @Override
          public void jobPutOff(
              String worker, Object job, Instant at, Duration delay, Throwable cause) {
            assertTrue(worker.startsWith("retried-"));
            assertEquals("job", job);
            assertSame(thrown, cause);
            delays.add(delay);
          }
        };
    try (var pool = builder().listener(listener).open()) {
      assertEquals("job", pool.submit("job").get(20, SECONDS));
    }
    assertEquals(1, delays.size());
    long delay = delays.remove().toNanos();
    assertTrue(delay >= 1_000_000 && delay <= 1_100_000, () -> delay + " ns");
  }
}
