package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/** Jobs that are taken together. A batch is made by a worker that is held while jobs gather. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsAndDistributions")
@Timeout(60)
class BatchTest {

  private static final String HOLD = "hold";

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  private final Semaphore held = new Semaphore(0);
  private final CountDownLatch release = new CountDownLatch(1);
  private final Queue<List<String>> batches = new ConcurrentLinkedQueue<>();
  private final Queue<Thread> opened = new ConcurrentLinkedQueue<>();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();
  private volatile RunAll runAll = BatchTest::echoAll;

  /** What a worker does with a batch that is not held. */
  interface RunAll {
    void run(List<String> jobs, BatchWorker.Results<String> results) throws Exception;
  }

  private static void echoAll(List<String> jobs, BatchWorker.Results<String> results) {
    for (int i = 0; i < jobs.size(); i++) {
      results.succeeded(i, jobs.get(i));
    }
  }

  private final class Recorded implements BatchWorker<String, String> {

    private final Thread thread = Thread.currentThread();

    Recorded() {
      opened.add(thread);
    }

    @Override
    public void runAll(List<String> jobs, BatchWorker.Results<String> results) throws Exception {
      assertSame(thread, Thread.currentThread());
      if (jobs.getFirst().startsWith(HOLD)) {
        assertEquals(1, jobs.size(), "a lone job starts alone");
        held.release();
        release.await();
        results.succeeded(0, jobs.getFirst());
        return;
      }
      batches.add(jobs);
      runAll.run(jobs, results);
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  @AfterEach
  void everyWorkerIsClosed() {
    release.countDown();
    Await.until("closed", () -> closed.get() == opened.size());
  }

  private WorkerPool.Builder<String, String> builder(int workers) {
    return WorkerPool.of(
            WorkerFactory.of(
                "batch", String.class, String.class, _ -> (Worker<String, String>) new Recorded()))
        .workers(workers)
        .threads(threads)
        .distribution(distribution);
  }

  /** Holds the workers, one each, so that what is submitted next gathers. */
  private void hold(WorkerPool<String, String> pool, int workers) throws InterruptedException {
    for (int i = 0; i < workers; i++) {
      var _ = pool.submit(HOLD + i);
      held.acquire();
    }
  }

  private static List<CompletableFuture<String>> submit(WorkerPool<String, String> pool, int jobs) {
    return IntStream.range(0, jobs).mapToObj(i -> pool.submit("job" + i)).toList();
  }

  private static List<String> names(int first, int end) {
    return IntStream.range(first, end).mapToObj(i -> "job" + i).toList();
  }

  private static <T extends Throwable> T cause(Class<T> type, CompletableFuture<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
    return assertInstanceOf(type, e.getCause());
  }

  private static void assertAddsUp(PoolStats stats) {
    assertEquals(
        stats.submitted(),
        stats.queued()
            + stats.running()
            + stats.succeeded()
            + stats.failed()
            + stats.cancelled()
            + stats.notStarted(),
        stats::toString);
  }

  // What is taken

  @Test
  void whatHasGatheredIsDoneTogetherInOrder() throws Exception {
    try (var pool = builder(1).open()) {
      hold(pool, 1);
      List<CompletableFuture<String>> futures = submit(pool, 250);
      assertEquals(250, pool.stats().queued());
      release.countDown();
      for (int i = 0; i < 250; i++) {
        assertEquals("job" + i, futures.get(i).get(20, SECONDS));
      }
      assertAddsUp(pool.stats());
      assertEquals(251, pool.stats().succeeded());
      Await.until("the run counts", () -> pool.stats().workers().getFirst().jobs() == 251);
    }
    assertEquals(List.of(names(0, 100), names(100, 200), names(200, 250)), List.copyOf(batches));
  }

  @Test
  void aBatchIsNoLargerThanItMayBe() throws Exception {
    try (var pool = builder(1).maxBatch(3).open()) {
      hold(pool, 1);
      List<CompletableFuture<String>> futures = submit(pool, 7);
      release.countDown();
      assertEquals("job6", futures.get(6).get(20, SECONDS));
    }
    assertEquals(List.of(names(0, 3), names(3, 6), names(6, 7)), List.copyOf(batches));
  }

  /** The shortest of many waits: a wait for more jobs would hold up each. */
  @Test
  void nobodyWaitsForABatchToFill() throws Exception {
    AtomicLong began = new AtomicLong();
    runAll =
        (jobs, results) -> {
          began.set(System.nanoTime());
          echoAll(jobs, results);
        };
    long shortest = Long.MAX_VALUE;
    try (var pool = builder(2).open()) {
      if (distribution == Distribution.SHARED) { // else each is dealt every other job
        hold(pool, 1);
      }
      for (int i = 0; i < 200; i++) {
        long submitted = System.nanoTime();
        assertEquals("job" + i, pool.submit("job" + i).get(20, SECONDS));
        shortest = Math.min(shortest, began.get() - submitted);
      }
      release.countDown();
    }
    assertTrue(batches.stream().allMatch(batch -> batch.size() == 1), batches::toString);
    assertTrue(shortest < MILLISECONDS.toNanos(1), "each waited for " + shortest + " ns or longer");
  }

  /**
   * As many jobs as workers sleep: each takes one. A worker that is seen to wait is not always
   * asleep already, so this does not hold in every round.
   */
  @Test
  void aBurstIsSharedWithIdleWorkers() throws Exception {
    int workers = 4;
    int shared = 0;
    try (var pool = builder(workers).open()) {
      for (int round = 0; round < 20; round++) {
        CountDownLatch taken = new CountDownLatch(workers);
        runAll =
            (jobs, results) -> {
              jobs.forEach(_ -> taken.countDown());
              assertTrue(taken.await(20, SECONDS), "the others take the rest");
              echoAll(jobs, results);
            };
        Await.until("all sleep", () -> opened.stream().allMatch(Await::isWaiting));
        batches.clear();
        for (CompletableFuture<String> future : submit(pool, workers)) {
          assertTrue(future.get(20, SECONDS).startsWith("job"));
        }
        shared += batches.size() == workers ? 1 : 0;
      }
    }
    assertTrue(shared >= 15, shared + " of 20 bursts were taken by all");
  }

  @Test
  void aBulkCallIsSharedWithIdleWorkers() throws Exception {
    CountDownLatch allRun = new CountDownLatch(4);
    runAll =
        (jobs, results) -> {
          allRun.countDown();
          assertTrue(allRun.await(20, SECONDS), "each worker gets a share");
          echoAll(jobs, results);
        };
    try (var pool = builder(4).open()) {
      assertEquals(names(0, 40), pool.map(names(0, 40)));
    }
    assertTrue(batches.stream().allMatch(batch -> batch.size() <= 20), batches::toString);
  }

  @Test
  void jobsOfBulkCallsAndStreamsAreTakenTogetherAsWell() throws Exception {
    for (int workers : new int[] {1, 2, 8}) {
      batches.clear();
      try (var pool = builder(workers).open()) {
        List<String> jobs = names(0, 3_000);
        assertEquals(jobs, pool.map(jobs));
        assertEquals(
            jobs, pool.mapAll(jobs).stream().map(outcome -> outcome.orElseThrow()).toList());
        assertEquals(jobs, pool.stream(jobs.stream()).toList());
        assertEquals(3_000, pool.streamUnordered(jobs.stream()).count());
        PoolStats stats = pool.stats();
        assertEquals(12_000, stats.submitted());
        assertEquals(12_000, stats.succeeded());
        assertEquals(0, stats.running() + stats.queued());
      }
      assertEquals(12_000, batches.stream().mapToInt(List::size).sum());
      assertTrue(batches.size() < 6_000, () -> "taken in " + batches.size());
    }
  }

  @Test
  void jobsOfAKeyKeepTheirOrderAndRunInOneBatchAtATime() throws Exception {
    Map<String, Integer> last = new ConcurrentHashMap<>();
    Map<String, Thread> running = new ConcurrentHashMap<>();
    runAll =
        (jobs, results) -> {
          for (String job : jobs) {
            String key = job.substring(0, job.indexOf(' '));
            Thread other = running.putIfAbsent(key, Thread.currentThread());
            assertTrue(other == null || other == Thread.currentThread(), job);
          }
          for (int i = 0; i < jobs.size(); i++) {
            String[] parts = jobs.get(i).split(" ");
            int number = Integer.parseInt(parts[1]);
            assertEquals(number - 1, last.getOrDefault(parts[0], -1));
            last.put(parts[0], number);
            results.succeeded(i, jobs.get(i));
          }
          jobs.forEach(job -> running.remove(job.substring(0, job.indexOf(' '))));
        };
    try (var pool = builder(3).open()) {
      List<CompletableFuture<String>> futures = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        String key = "key" + i % 20;
        futures.add(pool.submit(key, key + " " + i / 20));
      }
      for (CompletableFuture<String> future : futures) {
        assertTrue(future.get(20, SECONDS).startsWith("key"));
      }
    }
  }

  @Test
  void aWorkerTakesNoMoreThanItMayStillDo() throws Exception {
    try (var pool = builder(1).maxJobsPerWorker(5).open()) {
      hold(pool, 1);
      List<CompletableFuture<String>> futures = submit(pool, 12);
      release.countDown();
      assertEquals("job11", futures.get(11).get(20, SECONDS));
    }
    assertEquals(List.of(names(0, 4), names(4, 9), names(9, 12)), List.copyOf(batches));
    assertEquals(3, opened.size());
  }

  // What is told

  private List<CompletableFuture<String>> oneBatch(WorkerPool<String, String> pool, int jobs)
      throws Exception {
    hold(pool, 1);
    List<CompletableFuture<String>> futures = submit(pool, jobs);
    release.countDown();
    return futures;
  }

  @Test
  void eachJobSettlesWhenItIsTold() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          results.failed(1, new IllegalArgumentException("bad"));
          results.succeeded(2, null);
          assertTrue(seen.await(20, SECONDS));
          results.succeeded(0, "late");
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 3);
      assertEquals("bad", cause(IllegalArgumentException.class, futures.get(1)).getMessage());
      assertEquals(null, futures.get(2).get(20, SECONDS));
      assertFalse(futures.get(0).isDone());
      PoolStats stats = pool.stats();
      assertAddsUp(stats);
      assertEquals(1, stats.running());
      seen.countDown();
      assertEquals("late", futures.get(0).get(20, SECONDS));
    }
    assertEquals(1, opened.size(), "nothing that is told breaks the worker");
  }

  @Test
  void aWorkerBrokenExceptionThatIsToldFailsItsJobAlone() throws Exception {
    runAll =
        (jobs, results) -> {
          for (int i = 0; i < jobs.size(); i++) {
            results.failed(i, new WorkerBrokenException("of job " + i));
          }
        };
    try (var pool = builder(1).maxAttempts(3).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 3);
      for (CompletableFuture<String> future : futures) {
        cause(WorkerBrokenException.class, future);
      }
    }
    assertEquals(1, opened.size());
    assertEquals(1, batches.size());
  }

  @Test
  void aJobThatIsNotToldHasFailedAndSaysSo() throws Exception {
    runAll = (jobs, results) -> results.succeeded(0, "told");
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 3);
      assertEquals("told", futures.get(0).get(20, SECONDS));
      assertEquals(
          "batch-0 returned from runAll without telling what became of job 2 of the batch of 3",
          cause(IllegalStateException.class, futures.get(2)).getMessage());
    }
  }

  @Test
  void anyExceptionFailsAllThatWereNotTold() throws Exception {
    runAll =
        (jobs, results) -> {
          results.succeeded(1, "told");
          throw new IllegalStateException("the disk is full");
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 3);
      assertEquals("told", futures.get(1).get(20, SECONDS));
      var first = cause(IllegalStateException.class, futures.get(0));
      assertEquals("the disk is full", first.getMessage());
      assertSame(first, cause(IllegalStateException.class, futures.get(2)));
      runAll = BatchTest::echoAll;
      assertEquals("next", pool.submit("next").get(20, SECONDS));
    }
    assertEquals(1, opened.size());
  }

  @Test
  void toTellTwiceLateOrFromAnotherThreadIsRefused() throws Exception {
    Queue<String> refusals = new ConcurrentLinkedQueue<>();
    CompletableFuture<BatchWorker.Results<String>> kept = new CompletableFuture<>();
    runAll =
        (jobs, results) -> {
          results.succeeded(0, "first");
          refusals.add(refusal(() -> results.succeeded(0, "again")));
          refusals.add(refusal(() -> results.failed(0, new Exception("again"))));
          assertThrows(IndexOutOfBoundsException.class, () -> results.succeeded(2, "none"));
          assertThrows(IndexOutOfBoundsException.class, () -> results.succeeded(-1, "none"));
          assertThrows(NullPointerException.class, () -> results.failed(1, null));
          Thread other =
              Thread.ofPlatform()
                  .start(() -> refusals.add(refusal(() -> results.succeeded(1, "elsewhere"))));
          other.join();
          results.succeeded(1, "here");
          kept.complete(results);
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 2);
      assertEquals("first", futures.get(0).get(20, SECONDS));
      assertEquals("here", futures.get(1).get(20, SECONDS));
      BatchWorker.Results<String> late = kept.get(20, SECONDS);
      runAll =
          (jobs, results) -> {
            refusals.add(refusal(() -> late.succeeded(0, "late")));
            echoAll(jobs, results);
          };
      assertEquals("next", pool.submit("next").get(20, SECONDS));
    }
    String rule = "; batch-0 tells each once, in runAll, on its own thread";
    assertEquals(
        List.of(
            "job 0 of the batch of 2 was told before" + rule,
            "job 0 of the batch of 2 was told before" + rule,
            "job 1 of the batch of 2 was told on another thread" + rule,
            "job 0 of the batch of 2 was told after runAll had returned" + rule),
        List.copyOf(refusals));
  }

  private static String refusal(Runnable telling) {
    return assertThrows(IllegalStateException.class, telling::run).getMessage();
  }

  // What is rolled back, and what breaks

  @Test
  void whenABatchIsRolledBackOnlyTheBadOneFails() throws Exception {
    for (int poison = 0; poison < 5; poison++) {
      batches.clear();
      String bad = "job" + poison;
      CountDownLatch hold = new CountDownLatch(1);
      CountDownLatch started = new CountDownLatch(1);
      runAll =
          (jobs, results) -> {
            if (jobs.getFirst().equals("first")) {
              started.countDown();
              hold.await();
            }
            if (jobs.contains(bad)) {
              throw new BatchRolledBackException(new IllegalArgumentException("poison"));
            }
            echoAll(jobs, results);
          };
      try (var pool = builder(1).maxAttempts(1).open()) {
        var _ = pool.submit("first");
        assertTrue(started.await(20, SECONDS));
        List<CompletableFuture<String>> futures = submit(pool, 5);
        hold.countDown();
        for (int i = 0; i < 5; i++) {
          if (i == poison) {
            assertEquals(
                "poison", cause(IllegalArgumentException.class, futures.get(i)).getMessage());
          } else {
            assertEquals("job" + i, futures.get(i).get(20, SECONDS));
          }
        }
        assertAddsUp(pool.stats());
        assertEquals(5, pool.stats().succeeded());
      }
      List<List<String>> alone = new ArrayList<>(List.of(List.of("first"), names(0, 5)));
      names(0, 5).forEach(job -> alone.add(List.of(job)));
      assertEquals(alone, List.copyOf(batches), "at once, in order, each alone");
    }
  }

  @Test
  void aWorkerThatHasBecomeTooOldStillRunsWhatItHasRolledBack() throws Exception {
    Duration age = Duration.ofMillis(200);
    runAll =
        (jobs, results) -> {
          if (jobs.size() > 1) {
            Thread.sleep(age);
            throw new BatchRolledBackException(new IOException("one of them"));
          }
          echoAll(jobs, results);
        };
    try (var pool = builder(1).maxWorkerAge(age).open()) {
      hold(pool, 1);
      var all = submit(pool, 4);
      release.countDown();
      for (CompletableFuture<String> one : all) {
        String _ = one.get(20, SECONDS);
      }
    }
    List<List<String>> expected = new ArrayList<>(List.of(names(0, 4)));
    names(0, 4).forEach(name -> expected.add(List.of(name)));
    assertEquals(expected, List.copyOf(batches));
  }

  @Test
  void aWorkerThatIsTooOldForAllElseSleepsWhileThePoolIsPaused() throws Exception {
    Duration age = Duration.ofMillis(200);
    runAll =
        (jobs, results) -> {
          if (jobs.size() > 1) {
            Thread.sleep(age);
            results.failed(0, new RetryLaterException(Duration.ofSeconds(2)).pausingPool());
            throw new BatchRolledBackException(new IOException("one of them"));
          }
          echoAll(jobs, results);
        };
    try (var pool = builder(1).maxWorkerAge(age).open()) {
      hold(pool, 1);
      var all = submit(pool, 3);
      release.countDown();
      Await.until(
          "the pool is paused", () -> pool.stats().retried() == 1 && pool.stats().queued() == 3);
      Thread worker = opened.element();
      Await.until("it sleeps", () -> worker.getState() == Thread.State.WAITING);
      for (int i = 0; i < 100; i++) {
        LockSupport.parkNanos(1_000_000);
        assertEquals(Thread.State.WAITING, worker.getState());
      }
      for (CompletableFuture<String> one : all) {
        String _ = one.get(20, SECONDS);
      }
    }
  }

  @Test
  void aMapWhoseFirstFailureIsToldStopsTheRestOfThatBatch() {
    runAll =
        (_, results) -> {
          results.failed(0, new IOException("bad"));
          new CountDownLatch(1).await();
        };
    try (var pool = builder(1).cancelGrace(Duration.ofMinutes(1)).open()) {
      JobFailedException e = assertThrows(JobFailedException.class, () -> pool.map(names(0, 3)));
      assertEquals("bad", e.getCause().getMessage());
    }
    assertEquals(1, cancels.get());
  }

  /** With so many workers none looks at what another has taken. */
  @Test
  void aJobThatIsNotForABatchIsForOthersAlsoWhereWorkersAreMany() throws Exception {
    assumeTrue(distribution == Distribution.SHARED);
    int many = 65;
    List<String> names = new ArrayList<>(List.of("breaks", "first of a batch", "later", "last"));
    IntStream.range(1, many).forEach(i -> names.add(HOLD + i));
    Map<String, CountDownLatch> gates =
        names.stream().collect(Collectors.toMap(name -> name, _ -> new CountDownLatch(1)));
    Set<String> begun = ConcurrentHashMap.newKeySet();
    AtomicBoolean hasBroken = new AtomicBoolean();
    CountDownLatch reopens = new CountDownLatch(1);
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "many",
            String.class,
            String.class,
            _ -> {
              if (hasBroken.get()) {
                reopens.await();
              }
              return BatchWorker.of((jobs, results) -> {
                for (int i = 0; i < jobs.size(); i++) {
                  String job = jobs.get(i);
                  begun.add(job);
                  if (!job.equals("breaks") || !hasBroken.get()) {
                    gates.get(job).await();
                  }
                  if (job.equals("breaks") && hasBroken.compareAndSet(false, true)) {
                    throw new WorkerBrokenException("once");
                  }
                  results.succeeded(i, job);
                }
              });
            });
    try (var pool = WorkerPool.of(factory).workers(many).maxAttempts(2).threads(threads).open()) {
      for (int i = 1; i < many; i++) {
        String name = HOLD + i;
        var _ = pool.submit(name);
        Await.until(name, () -> begun.contains(name));
      }
      var breaks = pool.submit("breaks");
      Await.until("it runs", () -> begun.contains("breaks"));
      var first = pool.submit("first of a batch");
      gates.get("breaks").countDown();
      Await.until("it waits again", () -> pool.stats().queued() == 2);
      var _ = pool.submit("later"); // behind it
      var _ = pool.submit("last");
      gates.get(HOLD + 1).countDown();
      Await.until("the batch runs", () -> begun.contains("first of a batch"));
      gates.get(HOLD + 2).countDown();
      assertEquals("breaks", breaks.get(20, SECONDS));
      gates.values().forEach(CountDownLatch::countDown);
      assertEquals("first of a batch", first.get(20, SECONDS));
      reopens.countDown();
    }
  }

  @Test
  void aJobThatBreaksItsWorkerAfterARollBackKeepsItsPlace() throws Exception {
    AtomicInteger breaks = new AtomicInteger();
    runAll =
        (jobs, results) -> {
          if (jobs.size() > 1) {
            throw new BatchRolledBackException(new IllegalArgumentException("together"));
          }
          if (jobs.getFirst().equals("job0") && breaks.getAndIncrement() == 0) {
            throw new WorkerBrokenException("once");
          }
          echoAll(jobs, results);
        };
    try (var pool = builder(1).maxAttempts(2).open()) {
      var _ = pool.submit("key", HOLD);
      held.acquire();
      List<CompletableFuture<String>> futures =
          names(0, 4).stream().map(job -> pool.submit("key", job)).toList();
      release.countDown();
      for (int i = 0; i < 4; i++) {
        assertEquals("job" + i, futures.get(i).get(20, SECONDS));
      }
    }
    List<List<String>> ran = new ArrayList<>(List.of(names(0, 4), names(0, 1)));
    names(0, 4).forEach(job -> ran.add(List.of(job)));
    assertEquals(ran, List.copyOf(batches));
  }

  @Test
  void poisonInABulkCallFailsItsJobAlone() throws Exception {
    runAll =
        (jobs, results) -> {
          if (jobs.contains("job7")) {
            throw new BatchRolledBackException(new IllegalArgumentException("poison"));
          }
          echoAll(jobs, results);
        };
    for (int workers : new int[] {1, 2, 8}) {
      try (var pool = builder(workers).open()) {
        List<Outcome<String, String>> outcomes = pool.mapAll(names(0, 500));
        for (int i = 0; i < 500; i++) {
          assertEquals(i != 7, outcomes.get(i).isSucceeded(), outcomes.get(i)::toString);
        }
        JobFailedException e =
            assertThrows(JobFailedException.class, () -> pool.map(names(0, 500)));
        assertEquals(7, e.index());
        assertEquals("poison", e.getCause().getMessage());
        pool.awaitIdle(Duration.ofSeconds(20));
        assertAddsUp(pool.stats());
        assertEquals(0, pool.stats().queued() + pool.stats().running());
      }
    }
  }

  @Test
  void whatABrokenWorkerHadNotToldFailsOrIsTriedAgainAlone() throws Exception {
    for (int attempts : new int[] {1, 2}) {
      batches.clear();
      int before = opened.size();
      CountDownLatch hold = new CountDownLatch(1);
      CountDownLatch started = new CountDownLatch(1);
      runAll =
          (jobs, results) -> {
            if (jobs.getFirst().equals("first")) {
              started.countDown();
              hold.await();
              results.succeeded(0, "first");
              return;
            }
            results.succeeded(0, "told");
            if (jobs.size() > 1) {
              throw new WorkerBrokenException("the line is dead");
            }
          };
      try (var pool = builder(1).maxAttempts(attempts).open()) {
        var _ = pool.submit("first");
        assertTrue(started.await(20, SECONDS));
        List<CompletableFuture<String>> futures = submit(pool, 3);
        hold.countDown();
        assertEquals("told", futures.get(0).get(20, SECONDS));
        for (CompletableFuture<String> future : futures.subList(1, 3)) {
          if (attempts == 1) {
            cause(WorkerBrokenException.class, future);
          } else {
            assertEquals("told", future.get(20, SECONDS));
          }
        }
        assertEquals("told", pool.submit("next").get(20, SECONDS)); // by its replacement
        assertAddsUp(pool.stats());
      }
      assertEquals(before + 2, opened.size());
      List<List<String>> ran = new ArrayList<>(List.of(List.of("first"), names(0, 3)));
      if (attempts == 2) {
        ran.addAll(List.of(names(1, 2), names(2, 3)));
      }
      ran.add(List.of("next"));
      assertEquals(ran, List.copyOf(batches));
    }
  }

  // Cancels and time-outs

  @Test
  void aCancelledJobOfABatchOnlyLosesItsResultAndAllTogetherStopTheRun() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          runs.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          echoAll(jobs, results); // is ignored
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 3);
      assertTrue(runs.await(20, SECONDS));
      assertTrue(futures.get(0).cancel(true));
      assertTrue(futures.get(1).cancel(false));
      assertEquals(0, cancels.get());
      assertEquals(1, pool.stats().running());
      assertFalse(interrupted.await(50, MILLISECONDS));
      assertTrue(futures.get(2).cancel(true));
      assertTrue(interrupted.await(20, SECONDS));
      assertEquals(1, cancels.get());
      runAll = BatchTest::echoAll;
      assertEquals("next", pool.submit("next").get(20, SECONDS));
      assertEquals(3, pool.stats().cancelled());
      assertAddsUp(pool.stats());
    }
    assertEquals(1, opened.size());
  }

  @Test
  void aBatchIsOneRunAndAllThatWasNotToldTimesOut() throws Exception {
    runAll =
        (jobs, results) -> {
          results.succeeded(1, "told");
          try {
            new CountDownLatch(1).await();
          } finally {
            runAll = BatchTest::echoAll;
          }
        };
    try (var pool = builder(1).jobTimeout(Duration.ofMillis(100)).open()) {
      CountDownLatch first = new CountDownLatch(1);
      RunAll after = runAll;
      runAll =
          (jobs, results) -> {
            first.await();
            runAll = after;
            echoAll(jobs, results);
          };
      var _ = pool.submit("first");
      Await.until("it runs", () -> batches.size() == 1);
      List<CompletableFuture<String>> futures = submit(pool, 3);
      first.countDown();
      assertEquals("told", futures.get(1).get(20, SECONDS));
      cause(TimeoutException.class, futures.get(0));
      cause(TimeoutException.class, futures.get(2));
      assertEquals("next", pool.submit("next").get(20, SECONDS));
      assertEquals(2, pool.stats().failed());
      assertAddsUp(pool.stats());
    }
  }

  @Test
  void aBatchThatDoesNotComeBackIsAbandonedAndWhatItTellsLateIsIgnored() throws Exception {
    CountDownLatch comesBack = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          if (jobs.size() == 3) {
            PoolBrokenTest.awaitUninterruptibly(comesBack);
          }
          echoAll(jobs, results);
        };
    WorkerPool<String, String> pool =
        builder(1).jobTimeout(Duration.ofSeconds(1)).cancelGrace(Duration.ofMillis(20)).open();
    List<CompletableFuture<String>> futures = oneBatch(pool, 3);
    futures.forEach(future -> cause(TimeoutException.class, future));
    assertEquals("next", pool.submit("next").get(20, SECONDS));
    comesBack.countDown();
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(1, report.abandoned().size());
    assertEquals(names(0, 3), report.abandoned().getFirst().job().orElseThrow());
    assertEquals(3, report.failed());
    assertEquals(2, report.succeeded());
  }

  @Test
  void aRunThatSomebodyWantsStoppedIsWhenTheLastOtherJobIsTold() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          runs.countDown();
          goOn.await();
          results.succeeded(0, "told");
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 2);
      assertTrue(runs.await(20, SECONDS));
      assertTrue(futures.get(1).cancel(true));
      goOn.countDown();
      assertEquals("told", futures.get(0).get(20, SECONDS));
      assertTrue(interrupted.await(20, SECONDS));
    }
  }

  @Test
  void aFlagThatSomethingChainedLeavesIsNotForTheRun() throws Exception {
    AtomicInteger flags = new AtomicInteger();
    CountDownLatch chained = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          chained.await();
          results.succeeded(0, "told");
          flags.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
          Thread.currentThread().interrupt(); // its own it keeps
          results.succeeded(1, "told");
          flags.addAndGet(Thread.interrupted() ? 10 : 0);
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 2);
      var _ = futures.get(0).thenRun(() -> Thread.currentThread().interrupt());
      chained.countDown();
      assertEquals("told", futures.get(1).get(20, SECONDS));
    }
    assertEquals(10, flags.get());
  }

  @Test
  void whatIsChainedRunsOnTheWorkerAndFindsNoFlag() throws Exception {
    Queue<Thread> chainedOn = new ConcurrentLinkedQueue<>();
    Queue<Boolean> flags = new ConcurrentLinkedQueue<>();
    CountDownLatch chained = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          chained.await();
          for (int i = 0; i < jobs.size(); i++) {
            Thread.currentThread().interrupt();
            if (i % 2 == 0) {
              results.succeeded(i, "told");
            } else {
              results.failed(i, new IllegalArgumentException("bad"));
            }
            assertTrue(Thread.interrupted(), "its own it keeps");
          }
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 4);
      for (CompletableFuture<String> future : futures) {
        var _ =
            future.whenComplete((_, _) -> {
              chainedOn.add(Thread.currentThread());
              flags.add(Thread.currentThread().isInterrupted());
            });
      }
      chained.countDown();
      Await.until(
          "all are told", () -> flags.size() == 4); // whoever is in get() may run it instead
      assertEquals("bad", cause(IllegalArgumentException.class, futures.get(3)).getMessage());
      assertEquals("told", futures.get(2).get(20, SECONDS));
    }
    assertEquals(Collections.nCopies(4, opened.peek()), List.copyOf(chainedOn));
    assertEquals(Collections.nCopies(4, false), List.copyOf(flags));
  }

  @Test
  void anInterruptThatWhatIsChainedHasSwallowedIsNotLostForTheRun() throws Exception {
    CountDownLatch chained = new CountDownLatch(1);
    CountDownLatch inChained = new CountDownLatch(1);
    CountDownLatch swallowed = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          chained.await();
          results.succeeded(0, "told");
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        };
    try (var pool = builder(1).open()) {
      List<CompletableFuture<String>> futures = oneBatch(pool, 3);
      var _ =
          futures
              .get(0)
              .thenRun(() -> {
                inChained.countDown();
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  swallowed.countDown();
                }
              });
      chained.countDown();
      assertTrue(inChained.await(20, SECONDS));
      assertTrue(futures.get(1).cancel(true));
      assertEquals(0, cancels.get());
      assertTrue(futures.get(2).cancel(true));
      assertTrue(swallowed.await(20, SECONDS));
      assertTrue(interrupted.await(20, SECONDS));
      runAll = BatchTest::echoAll;
      assertEquals("next", pool.submit("next").get(20, SECONDS));
    }
    assertTrue(cancels.get() >= 1);
    assertEquals(1, opened.size());
  }

  @Test
  void anAbandonedBatchHoldsItsKeysUntilItsThreadReturns() throws Exception {
    CountDownLatch comesBack = new CountDownLatch(1);
    Map<String, Thread> ranOn = new ConcurrentHashMap<>();
    AtomicInteger hangs = new AtomicInteger();
    runAll =
        (jobs, results) -> {
          jobs.forEach(job -> ranOn.put(job, Thread.currentThread()));
          if (jobs.contains("job0")) {
            hangs.incrementAndGet();
            results.succeeded(1, "told");
            PoolBrokenTest.awaitUninterruptibly(comesBack);
            hangs.decrementAndGet();
          } else if (!jobs.stream().allMatch(job -> job.startsWith("free"))) {
            assertEquals(0, hangs.get(), "one batch at a time for a key");
          }
          echoAll(jobs.size() == 3 && jobs.contains("job0") ? List.of() : jobs, results);
        };
    WorkerPool<String, String> pool =
        builder(1)
            .maxBatch(3)
            .jobTimeout(Duration.ofMillis(500))
            .cancelGrace(Duration.ofMillis(20))
            .open();
    var _ = pool.submit("other", HOLD);
    held.acquire();
    var timesOut = pool.submit("a", "job0");
    var told = pool.submit("b", "job1");
    var timesOutToo = pool.submit("c", "job2");
    var waits = List.of(pool.submit("a", "job3"), pool.submit("b", "job4"));
    var free = List.of(pool.submit("other", "free0"), pool.submit("free1"));
    var waitsToo = pool.submit("c", "job5");
    release.countDown();
    cause(TimeoutException.class, timesOut);
    cause(TimeoutException.class, timesOutToo);
    assertEquals("told", told.get(20, SECONDS));
    assertEquals("free0", free.get(0).get(20, SECONDS)); // by its successor
    assertEquals("free1", free.get(1).get(20, SECONDS));
    assertTrue(batches.contains(names(0, 3)), batches::toString);
    assertFalse(waits.get(0).isDone() || waits.get(1).isDone() || waitsToo.isDone());
    assertEquals(3, pool.stats().queued());
    comesBack.countDown();
    assertEquals("job3", waits.get(0).get(20, SECONDS));
    assertEquals("job4", waits.get(1).get(20, SECONDS));
    assertEquals("job5", waitsToo.get(20, SECONDS));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(names(0, 3), report.abandoned().getFirst().job().orElseThrow());
    assertNotSame(ranOn.get("job0"), ranOn.get("free0"));
    assertSame(ranOn.get("free0"), ranOn.get("job3"));
  }

  /** Each that fails ends the call, which fails all others. */
  @Test
  void aMapOfThousandsThatWaitAgainEndsWhenOneFails() {
    AtomicInteger runs = new AtomicInteger();
    WorkerFactory<Integer, Integer> failing =
        WorkerFactory.of(
            "failing",
            Integer.class,
            Integer.class,
            _ ->
                BatchWorker.of((_, _) -> {
                  if (runs.getAndIncrement() == 0) {
                    throw new WorkerBrokenException("all of them");
                  }
                  throw new IllegalStateException("one of them");
                }));
    List<Integer> jobs = IntStream.range(0, 20_000).boxed().toList();
    try (var pool =
        WorkerPool.of(failing)
            .workers(1)
            .threads(threads)
            .distribution(distribution)
            .maxAttempts(2)
            .maxBatch(jobs.size())
            .open()) {
      JobFailedException failed = assertThrows(JobFailedException.class, () -> pool.map(jobs));
      assertInstanceOf(IllegalStateException.class, failed.getCause());
      assertEquals(jobs.size(), pool.stats().failed());
    }
  }

  @Test
  void afterARollBackAKeyIsHeldAsWell() throws Exception {
    CountDownLatch comesBack = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          if (jobs.size() > 1) {
            throw new BatchRolledBackException(new IllegalArgumentException("together"));
          }
          if (jobs.getFirst().equals("job0")) {
            PoolBrokenTest.awaitUninterruptibly(comesBack);
          }
          echoAll(jobs, results);
        };
    WorkerPool<String, String> pool =
        builder(1).jobTimeout(Duration.ofSeconds(1)).cancelGrace(Duration.ofMillis(20)).open();
    var _ = pool.submit("key", HOLD);
    held.acquire();
    List<CompletableFuture<String>> futures =
        names(0, 3).stream().map(job -> pool.submit("key", job)).toList();
    release.countDown();
    cause(TimeoutException.class, futures.get(0));
    assertEquals("next", pool.submit("next").get(20, SECONDS)); // by its successor
    assertFalse(futures.get(1).isDone());
    comesBack.countDown();
    assertEquals("job1", futures.get(1).get(20, SECONDS));
    assertEquals("job2", futures.get(2).get(20, SECONDS));
    assertEquals(1, pool.shutdown(Duration.ofSeconds(20)).abandoned().size());
  }

  @Test
  void whatWasRolledBackIsForAllWhenTheWorkerHasBrokenAndNoneCanBeOpened() throws Exception {
    assumeTrue(distribution == Distribution.SHARED);
    CountDownLatch stays = new CountDownLatch(1);
    AtomicInteger opens = new AtomicInteger();
    runAll =
        (jobs, results) -> {
          if (jobs.getFirst().equals("stay")) {
            held.release();
            stays.await();
          }
          if (jobs.size() > 1) {
            throw new BatchRolledBackException(new IllegalArgumentException("together"));
          }
          if (jobs.getFirst().equals("job0")) {
            throw new WorkerBrokenException("for good");
          }
          echoAll(jobs, results);
        };
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "batch",
            String.class,
            String.class,
            _ -> {
              if (opens.getAndIncrement() >= 2) {
                throw new IllegalStateException("no more");
              }
              return new Recorded();
            });
    try (var pool = WorkerPool.of(factory).workers(2).threads(threads).open()) {
      var _ = pool.submit("stay");
      held.acquire();
      hold(pool, 1);
      List<CompletableFuture<String>> futures = submit(pool, 2);
      release.countDown();
      cause(WorkerBrokenException.class, futures.get(0));
      stays.countDown();
      assertEquals("job1", futures.get(1).get(20, SECONDS));
      pool.shutdown(Duration.ofSeconds(20));
    }
  }

  // Who looks on

  @Test
  void aBatchIsOneRunForTheListenerAndTheReport() throws Exception {
    Queue<JobRun> told = new ConcurrentLinkedQueue<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void jobRan(JobRun run) {
            told.add(run);
          }
        };
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          runs.countDown();
          goOn.await();
          echoAll(jobs, results);
        };
    try (var pool = builder(1).listener(listener).open()) {
      oneBatch(pool, 3);
      assertTrue(runs.await(20, SECONDS));
      WorkerStats busy = pool.stats().workers().getFirst();
      assertEquals(names(0, 3), busy.currentJob().orElseThrow());
      assertEquals(WorkerState.RUNNING, busy.state());
      assertEquals(3, pool.stats().running());
      goOn.countDown();
    }
    List<JobRun> batch = told.stream().filter(run -> run.jobs() == 3).toList();
    assertEquals(2, told.size(), told::toString);
    assertEquals(names(0, 3), batch.getFirst().job());
    assertTrue(batch.getFirst().waited().isPositive());
    assertFalse(batch.getFirst().dropped());
    assertEquals(HOLD + 0, told.peek().job());
    assertEquals(1, told.peek().jobs());
  }

  // Closing

  @Test
  void aCloseDoesWhatWaitsAndPastItsDeadlineStopsABatch() throws Exception {
    List<CompletableFuture<String>> futures;
    try (var pool = builder(2).open()) {
      hold(pool, 2);
      futures = submit(pool, 300);
      pool.beginShutdown();
      release.countDown();
    }
    for (int i = 0; i < 300; i++) {
      assertEquals("job" + i, futures.get(i).get(0, SECONDS));
    }
    CountDownLatch runs = new CountDownLatch(1);
    runAll =
        (jobs, results) -> {
          if (jobs.size() == 1) {
            echoAll(jobs, results);
            return;
          }
          results.succeeded(0, "told");
          runs.countDown();
          new CountDownLatch(1).await();
        };
    var pool = builder(1).maxBatch(4).open();
    CompletableFuture<List<Outcome<String, String>>> bulk =
        CompletableFuture.supplyAsync(() -> pool.mapAll(names(0, 10)));
    assertTrue(runs.await(20, SECONDS));
    CloseReport report = pool.shutdown(Duration.ofMillis(20));
    List<Outcome<String, String>> outcomes = bulk.get(20, SECONDS);
    assertTrue(outcomes.get(0).isSucceeded());
    for (int i = 1; i < 4; i++) {
      assertInstanceOf(Outcome.Cancelled.class, outcomes.get(i));
    }
    for (int i = 4; i < 10; i++) {
      assertInstanceOf(Outcome.NotStarted.class, outcomes.get(i));
    }
    assertEquals(1, report.succeeded());
    assertEquals(3, report.cancelled());
    assertEquals(6, report.notStarted());
    assertEquals(names(4, 10), report.notStartedJobs());
  }
}
