package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/** Jobs of batches that wait for a time. A worker is held while jobs gather. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsAndDistributions")
@Timeout(60)
class BatchRetryTest {

  private static final Duration DELAY = Duration.ofMillis(10);
  private static final Duration LONG = Duration.ofHours(1);

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  /** What a worker does with a batch: the how many-th, from 1. */
  interface RunAll {
    void run(int number, List<String> jobs, BatchWorker.Results<String> results) throws Exception;
  }

  private final CountDownLatch isHeld = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final Queue<List<String>> batches = new ConcurrentLinkedQueue<>();
  private final Map<String, Long> lastBegun = new ConcurrentHashMap<>();
  private final AtomicInteger number = new AtomicInteger();
  private volatile RunAll runAll = (_, jobs, results) -> succeed(jobs, results);
  private WorkerPool<String, String> pool;

  private static void succeed(List<String> jobs, BatchWorker.Results<String> results) {
    for (int i = 0; i < jobs.size(); i++) {
      results.succeeded(i, jobs.get(i));
    }
  }

  private void runAll(List<String> jobs, BatchWorker.Results<String> results) throws Exception {
    if (jobs.getFirst().equals("hold")) {
      isHeld.countDown();
      release.await();
      results.succeeded(0, "held");
      return;
    }
    batches.add(jobs);
    runAll.run(number.incrementAndGet(), jobs, results);
  }

  @BeforeEach
  void open() {
    open(builder());
  }

  private WorkerPool.Builder<String, String> builder() {
    return WorkerPool.of(
            WorkerFactory.of(
                "batch", String.class, String.class, _ -> BatchWorker.of(this::runAll)))
        .workers(1)
        .threads(threads)
        .distribution(distribution)
        .closeTimeout(Duration.ofSeconds(20));
  }

  private void open(WorkerPool.Builder<String, String> builder) {
    if (pool != null) {
      pool.close();
    }
    pool = builder.open();
  }

  @AfterEach
  void close() {
    release.countDown();
    pool.close();
    PoolStats stats = pool.stats();
    assertEquals(
        stats.submitted(),
        stats.succeeded() + stats.failed() + stats.cancelled() + stats.notStarted());
  }

  private List<CompletableFuture<String>> submitTogether(String... jobs) throws Exception {
    List<CompletableFuture<String>> futures = new ArrayList<>();
    var _ = pool.submit("hold");
    assertTrue(isHeld.await(20, SECONDS));
    for (String job : jobs) {
      int colon = job.indexOf(':');
      futures.add(colon < 0 ? pool.submit(job) : pool.submit(job.substring(0, colon), job));
    }
    release.countDown();
    return futures;
  }

  /** The first batch is run so, and all others succeed. */
  private void firstBatch(RunAll first) {
    runAll =
        (number, jobs, results) -> {
          if (number == 1) {
            first.run(number, jobs, results);
          } else {
            succeed(jobs, results);
          }
        };
  }

  private List<String> jobsAfter(int first) {
    return batches.stream().skip(first).flatMap(List::stream).toList();
  }

  private static Throwable failure(CompletableFuture<String> future) {
    return assertThrows(ExecutionException.class, () -> future.get(20, SECONDS)).getCause();
  }

  private static void assertAllSucceed(List<CompletableFuture<String>> futures) throws Exception {
    for (CompletableFuture<String> future : futures) {
      String _ = future.get(20, SECONDS);
    }
  }

  @Test
  void thrownItPutsOffAllThatWereNotTold() throws Exception {
    long[] thrownAt = {0};
    runAll =
        (number, jobs, results) -> {
          if (number == 1) {
            results.succeeded(1, "told");
            thrownAt[0] = System.nanoTime();
            throw new RetryLaterException(DELAY);
          }
          lastBegun.put(jobs.getFirst(), System.nanoTime());
          succeed(jobs, results);
        };
    List<CompletableFuture<String>> futures = submitTogether("0", "1", "2");
    assertAllSucceed(futures);
    assertEquals("told", futures.get(1).get());
    assertEquals(List.of(List.of("0", "1", "2"), List.of("0", "2")), List.copyOf(batches));
    assertTrue(lastBegun.get("0") - thrownAt[0] >= DELAY.toNanos());
    assertEquals(2, pool.stats().retried());
  }

  @Test
  void givenToFailedItPutsOffThatJobAlone() throws Exception {
    firstBatch((_, _, results) -> {
      results.failed(0, new RetryLaterException(DELAY));
      results.succeeded(1, "one");
      results.failed(2, new RetryLaterException(Duration.ZERO));
      assertEquals(1, pool.stats().running());
      assertThrows(IllegalStateException.class, () -> results.succeeded(0, "twice"));
      results.failed(3, new IOException());
    });
    List<CompletableFuture<String>> futures = submitTogether("0", "1", "2", "3");
    assertEquals("0", futures.get(0).get(20, SECONDS));
    assertEquals("one", futures.get(1).get(20, SECONDS));
    assertEquals("2", futures.get(2).get(20, SECONDS));
    assertEquals(IOException.class, failure(futures.get(3)).getClass());
    assertEquals(2, pool.stats().retried());
    assertEquals(1, pool.stats().failed());
  }

  @Test
  void untoldLaterJobsOfItsKeyWaitBehindIt() throws Exception {
    firstBatch((_, _, results) -> {
      results.failed(1, new RetryLaterException(DELAY)); // the first of key b
    });
    List<CompletableFuture<String>> futures = submitTogether("a:0", "b:1", "b:2", "a:3", "b:4");
    var later = pool.submit("b", "b:5");
    for (int untold : List.of(0, 3)) {
      assertInstanceOf(IllegalStateException.class, failure(futures.get(untold)));
    }
    for (int index : List.of(1, 2, 4)) {
      assertTrue(futures.get(index).get(20, SECONDS).startsWith("b:"));
    }
    assertEquals("b:5", later.get(20, SECONDS));
    assertEquals(List.of("b:1", "b:2", "b:4", "b:5"), jobsAfter(1));
    assertEquals(1, pool.stats().retried());
  }

  @Test
  void untoldLaterJobsOfItsKeyFailWithWhatTheBatchThrows() throws Exception {
    assertUntoldLaterJobsFailWith(new IOException());
  }

  @Test
  void untoldLaterJobsOfItsKeyFailWithWhatBreaksTheWorker() throws Exception {
    assertUntoldLaterJobsFailWith(new WorkerBrokenException("meant"));
  }

  /** It may have begun them. */
  private void assertUntoldLaterJobsFailWith(Exception thrown) throws Exception {
    firstBatch((_, _, results) -> {
      results.failed(0, new RetryLaterException(DELAY));
      throw thrown;
    });
    List<CompletableFuture<String>> futures = submitTogether("k:0", "k:1", "k:2");
    assertEquals(thrown, failure(futures.get(1)));
    assertEquals(thrown, failure(futures.get(2)));
    assertEquals("k:0", futures.getFirst().get(20, SECONDS));
  }

  @Test
  void untoldLaterJobsOfItsKeyUseAnAttemptWhenTheWorkerBreaks() throws Exception {
    open(builder().maxAttempts(2));
    runAll =
        (number, jobs, results) -> {
          if (number == 1) {
            results.failed(0, new RetryLaterException(DELAY));
          }
          if (number == 1 || jobs.contains("k:1")) {
            throw new WorkerBrokenException("meant");
          }
          succeed(jobs, results);
        };
    List<CompletableFuture<String>> futures = submitTogether("k:0", "k:1", "k:2");
    assertInstanceOf(WorkerBrokenException.class, failure(futures.get(1)));
    assertEquals("k:0", futures.getFirst().get(20, SECONDS));
    assertEquals("k:2", futures.get(2).get(20, SECONDS));
    assertEquals(List.of("k:0", "k:1", "k:2"), jobsAfter(1));
  }

  @Test
  void untoldLaterJobsOfItsKeyArePutOffByTheDelayThatTheBatchThrows() throws Exception {
    long[] thrownAt = {0};
    Duration longer = DELAY.multipliedBy(5);
    runAll =
        (number, jobs, results) -> {
          if (number == 1) {
            results.failed(0, new RetryLaterException(DELAY));
            thrownAt[0] = System.nanoTime();
            throw new RetryLaterException(longer);
          }
          jobs.forEach(job -> lastBegun.put(job, System.nanoTime()));
          succeed(jobs, results);
        };
    assertAllSucceed(submitTogether("k:0", "k:1", "k:2"));
    assertEquals(List.of("k:0", "k:1", "k:2"), jobsAfter(1));
    assertTrue(lastBegun.get("k:1") - thrownAt[0] >= longer.toNanos());
    assertEquals(3, pool.stats().retried());
  }

  @Test
  void untoldLaterJobsOfItsKeyWaitBehindItAlsoWhenTheBatchIsRolledBack() throws Exception {
    firstBatch((_, _, results) -> {
      results.failed(1, new RetryLaterException(DELAY));
      throw new BatchRolledBackException(new IOException());
    });
    assertAllSucceed(submitTogether("a:0", "b:1", "b:2"));
    assertEquals(List.of("a:0", "b:1", "b:2"), jobsAfter(1));
  }

  @Test
  void afterARollbackTheyRunAloneIfItWasNotPutOff() throws Exception {
    open(builder().maxRetries(0));
    firstBatch((_, _, results) -> {
      results.failed(0, new RetryLaterException(DELAY));
      throw new BatchRolledBackException(new IOException());
    });
    List<CompletableFuture<String>> futures = submitTogether("k:0", "k:1", "k:2");
    assertAllSucceed(futures.subList(1, 3));
    assertInstanceOf(RetryLaterException.class, failure(futures.getFirst()));
    assertEquals(List.of(List.of("k:1"), List.of("k:2")), List.copyOf(batches).subList(1, 3));
  }

  @Test
  void untoldLaterJobsOfItsKeyRunAlsoWhenItIsCancelledAtThatMoment() throws Exception {
    CompletableFuture<CompletableFuture<String>> first = new CompletableFuture<>();
    firstBatch((_, _, results) -> {
      assertTrue(first.get().cancel(false));
      results.failed(0, new RetryLaterException(LONG));
    });
    List<CompletableFuture<String>> futures = submitTogether("k:0", "k:1", "k:2");
    first.complete(futures.getFirst());
    assertAllSucceed(futures.subList(1, 3));
    assertTrue(futures.getFirst().isCancelled());
    assertEquals(List.of("k:1", "k:2"), jobsAfter(1));
    assertEquals(0, pool.stats().retried());
  }

  @Test
  void untoldLaterJobsOfItsKeyRunAlsoWhenItHasNoRetriesLeft() throws Exception {
    open(builder().maxRetries(0));
    firstBatch((_, _, results) -> {
      results.failed(0, new RetryLaterException(LONG));
    });
    List<CompletableFuture<String>> futures = submitTogether("k:0", "k:1", "k:2");
    assertAllSucceed(futures.subList(1, 3));
    assertInstanceOf(RetryLaterException.class, failure(futures.getFirst()));
    assertEquals(List.of("k:1", "k:2"), jobsAfter(1));
  }

  @Test
  void jobsOfOneKeyKeepTheirOrderWhenSeveralArePutOff() throws Exception {
    runAll =
        (number, jobs, results) -> {
          switch (number) {
            case 1 -> throw new RetryLaterException(DELAY);
            case 2 -> {
              for (int i = jobs.size() - 1; i >= 0; i--) { // the last first, which is due first
                results.failed(i, new RetryLaterException(DELAY.dividedBy(i + 1)));
              }
            }
            default -> succeed(jobs, results);
          }
        };
    assertAllSucceed(submitTogether("k:0", "k:1", "k:2"));
    assertEquals(List.of("k:0", "k:1", "k:2"), jobsAfter(2));
  }

  @Test
  void afterItsLastRetryAJobFailsAndThoseOfTheBatchWithRetriesLeftGoOn() throws Exception {
    open(builder().maxRetries(1));
    runAll =
        (number, jobs, results) -> {
          if (number == 1) {
            results.failed(0, new RetryLaterException(DELAY));
            results.failed(1, new RetryLaterException(DELAY));
            return;
          }
          if (jobs.contains("done")) { // perhaps each comes alone
            results.succeeded(jobs.indexOf("done"), "done");
          }
          if (jobs.contains("never")) {
            throw new RetryLaterException(Duration.ZERO);
          }
        };
    var _ = pool.submit("hold");
    assertTrue(isHeld.await(20, SECONDS));
    var never = pool.submit("never");
    var done = pool.submit("done");
    release.countDown();
    assertEquals("done", done.get(20, SECONDS));
    assertInstanceOf(RetryLaterException.class, failure(never));
    assertEquals(2, pool.stats().retried());
    assertEquals(1, pool.stats().failed());
  }

  @Test
  void ofARolledBackBatchAJobThatRunsAloneIsPutOffByItsCause() throws Exception {
    runAll =
        (number, jobs, results) -> {
          if (jobs.size() > 1) {
            throw new BatchRolledBackException(new IOException());
          }
          if (jobs.contains("1") && number < 4) {
            throw new BatchRolledBackException(new RetryLaterException(Duration.ZERO));
          }
          succeed(jobs, results);
        };
    assertAllSucceed(submitTogether("0", "1", "2"));
    assertEquals(1, pool.stats().retried());
  }

  @Test
  void placesOfABulkCallArePutOff() throws Exception {
    firstBatch((_, _, _) -> {
      throw new RetryLaterException(DELAY);
    });
    assertEquals(List.of("0", "1", "2"), pool.map(List.of("0", "1", "2")));
    assertTrue(pool.stats().retried() >= 1);
  }

  @Test
  void aJobThatWasToldIsNotTimedOutWithItsBatch() throws Exception {
    open(builder().jobTimeout(Duration.ofMillis(50)).cancelGrace(Duration.ofSeconds(20)));
    firstBatch((_, _, results) -> {
      results.failed(0, new RetryLaterException(DELAY));
      new CountDownLatch(1).await(); // until it is interrupted
    });
    var _ = pool.submit("hold");
    assertTrue(isHeld.await(20, SECONDS));
    var told = pool.submit("told");
    var untold = pool.submit("untold");
    release.countDown();
    assertEquals("told", told.get(20, SECONDS));
    assertThrows(ExecutionException.class, () -> untold.get(20, SECONDS));
  }

  @Test
  void anAbandonedBatchHoldsAlsoTheKeyOfAJobThatItHasPutOff() throws Exception {
    pool.close();
    CountDownLatch hangs = new CountDownLatch(1);
    AtomicInteger isHanging = new AtomicInteger();
    AtomicInteger beside = new AtomicInteger();
    open(builder().jobTimeout(Duration.ofMillis(30)).cancelGrace(Duration.ofMillis(5)));
    runAll =
        (number, jobs, results) -> {
          if (number == 1) {
            results.failed(0, new RetryLaterException(Duration.ofMillis(1)));
            isHanging.set(1);
            PoolBrokenTest.awaitUninterruptibly(hangs);
            isHanging.set(0);
            return;
          }
          beside.addAndGet(jobs.getFirst().startsWith("key") ? isHanging.get() : 0);
          succeed(jobs, results);
        };
    release.countDown();
    var putOff = pool.submit("key", "key:0");
    Await.until("hangs", () -> isHanging.get() == 1);
    var other = pool.submit("another", "other"); // by the successor
    assertEquals("other", other.get(20, SECONDS));
    assertFalse(putOff.isDone());
    hangs.countDown();
    assertEquals("key:0", putOff.get(20, SECONDS));
    assertEquals(0, beside.get());
    assertEquals(1, pool.shutdown(Duration.ofSeconds(20)).abandoned().size());
    pool = builder().open();
  }

  @Test
  void aDeadlineMakesThoseThatWaitNotStarted() throws Exception {
    runAll =
        (_, _, _) -> {
          throw new RetryLaterException(LONG);
        };
    List<CompletableFuture<String>> futures = submitTogether("k:0", "k:1", "2");
    Await.until("put off", () -> pool.stats().retried() == 3);
    CloseReport report = pool.shutdown(Duration.ofMillis(1));
    assertEquals(3, report.notStarted());
    for (CompletableFuture<String> future : futures) {
      assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
    }
    pool = builder().open();
  }
}
