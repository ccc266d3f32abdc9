package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/**
 * The rules of batches when every worker of a pool has one at the same time: each worker is held
 * until a batch for each has gathered, and no batch goes on before all have begun.
 */
@ParameterizedClass(name = "{0}, {1}, {2} workers")
@MethodSource("pool.core.Kinds#threadsDistributionsAndWorkers")
@Timeout(60)
class BatchOnManyWorkersTest {

  private static final String HOLD = "hold";
  private static final int SIZE = 4; // of a batch

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  private final Semaphore held = new Semaphore(0);
  private final Queue<Recorded> opened = new ConcurrentLinkedQueue<>();
  private final AtomicInteger closed = new AtomicInteger();
  private final Queue<Recorded> cancelled = new ConcurrentLinkedQueue<>();
  private final CountDownLatch comesBack = new CountDownLatch(1);
  private volatile CountDownLatch release = new CountDownLatch(1);
  private volatile CountDownLatch begun = new CountDownLatch(1);
  private volatile RunAll runAll = (_, jobs, results) -> echoAll(jobs, results);

  /** What a worker does with jobs that do not hold it. */
  interface RunAll {
    void run(Recorded worker, List<String> jobs, BatchWorker.Results<String> results)
        throws Exception;
  }

  private final class Recorded implements BatchWorker<String, String> {

    private final String name;
    private final Thread thread = Thread.currentThread();
    private final List<List<String>> ran = Collections.synchronizedList(new ArrayList<>());

    Recorded(String name) {
      this.name = name;
      opened.add(this);
    }

    @Override
    public void runAll(List<String> jobs, BatchWorker.Results<String> results) throws Exception {
      assertSame(thread, Thread.currentThread());
      if (jobs.getFirst().equals(HOLD)) {
        CountDownLatch until = release;
        held.release();
        until.await();
        echoAll(jobs, results);
        return;
      }
      ran.add(jobs);
      runAll.run(this, jobs, results);
    }

    @Override
    public void cancel() {
      cancelled.add(this);
    }

    @Override
    public void close() {
      assertSame(thread, Thread.currentThread());
      closed.incrementAndGet();
    }
  }

  private static void echoAll(List<String> jobs, BatchWorker.Results<String> results) {
    for (int i = 0; i < jobs.size(); i++) {
      results.succeeded(i, jobs.get(i));
    }
  }

  @AfterEach
  void everyWorkerIsClosed() {
    release.countDown();
    comesBack.countDown();
    Await.until("closed", () -> closed.get() == opened.size());
  }

  private WorkerPool.Builder<String, String> builder() {
    return WorkerPool.of(
            WorkerFactory.of(
                "batch",
                String.class,
                String.class,
                context -> (Worker<String, String>) new Recorded(context.workerName())))
        .workers(workers)
        .threads(threads)
        .distribution(distribution)
        .maxBatch(SIZE)
        .cancelGrace(Duration.ofSeconds(20));
  }

  /** Lets jobs gather while every worker is held, and then lets the workers go. */
  private Map<String, CompletableFuture<String>> gather(WorkerPool<String, String> pool, int jobs)
      throws InterruptedException {
    release = new CountDownLatch(1);
    begun = new CountDownLatch(workers);
    for (int i = 0; i < workers; i++) {
      var _ = pool.submit(HOLD);
      held.acquire();
    }
    Map<String, CompletableFuture<String>> futures = new LinkedHashMap<>();
    names(jobs).forEach(job -> futures.put(job, pool.submit(job)));
    release.countDown();
    return futures;
  }

  /** On a worker: every other has begun a batch as well. */
  private void awaitOthers() throws InterruptedException {
    begun.countDown();
    assertTrue(begun.await(20, SECONDS), "each worker has a batch");
  }

  /** The first that each worker has run. */
  private Map<Recorded, List<String>> firsts() {
    Map<Recorded, List<String>> firsts = new LinkedHashMap<>();
    opened.stream()
        .filter(worker -> !worker.ran.isEmpty()) // a successor may have run nothing
        .forEach(worker -> firsts.put(worker, worker.ran.getFirst()));
    return firsts;
  }

  private List<List<String>> allRan() {
    return opened.stream().flatMap(worker -> worker.ran.stream()).toList();
  }

  private static List<String> names(int jobs) {
    return IntStream.range(0, jobs).mapToObj(i -> "job" + i).toList();
  }

  private static <T extends Throwable> T cause(Class<T> type, CompletableFuture<?> future) {
    ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
    return assertInstanceOf(type, e.getCause());
  }

  private static void assertDone(Map<String, CompletableFuture<String>> futures) throws Exception {
    for (var each : futures.entrySet()) {
      assertEquals(each.getKey(), each.getValue().get(20, SECONDS));
    }
  }

  private static void assertAddsUp(PoolStats stats, long succeeded, long failed, long cancelled) {
    assertEquals(succeeded, stats.succeeded(), stats::toString);
    assertEquals(failed, stats.failed(), stats::toString);
    assertEquals(cancelled, stats.cancelled(), stats::toString);
    assertEquals(succeeded + failed + cancelled, stats.submitted(), stats::toString);
    assertEquals(0, stats.queued() + stats.running(), stats::toString);
  }

  @Test
  void eachTakesWhatItMayOfWhatHasGatheredInOrder() throws Exception {
    runAll =
        (_, jobs, results) -> {
          awaitOthers();
          echoAll(jobs, results);
        };
    try (var pool = builder().open()) {
      assertDone(gather(pool, workers * SIZE));
      assertAddsUp(pool.stats(), workers * (SIZE + 1), 0, 0);
      Await.until(
          "each run is over",
          () -> pool.stats().workers().stream().allMatch(worker -> worker.jobs() == SIZE + 1));
    }
    for (Recorded worker : opened) {
      assertEquals(1, worker.ran.size());
      List<String> batch = worker.ran.getFirst();
      assertEquals(SIZE, batch.size());
      assertEquals(
          batch,
          names(workers * SIZE).stream().filter(batch::contains).toList(),
          "in the order of submission");
    }
  }

  @Test
  void inABatchThatIsRolledBackOnlyThePoisonFailsWhereverItIs() throws Exception {
    try (var pool = builder().open()) {
      for (int i = 0; i < SIZE; i++) {
        int poison = i;
        Set<String> poisoned = ConcurrentHashMap.newKeySet();
        opened.forEach(worker -> worker.ran.clear());
        runAll =
            (_, jobs, results) -> {
              if (jobs.size() > 1) {
                assertTrue(poisoned.add(jobs.get(poison)));
                awaitOthers();
                if (poison > 0) {
                  results.succeeded(0, jobs.getFirst());
                }
                throw new BatchRolledBackException(new IllegalStateException("together"));
              }
              if (poisoned.contains(jobs.getFirst())) {
                throw new BatchRolledBackException(new IllegalArgumentException("poison"));
              }
              echoAll(jobs, results);
            };
        Map<String, CompletableFuture<String>> futures = gather(pool, workers * SIZE);
        assertTrue(begun.await(20, SECONDS));
        for (var each : futures.entrySet()) {
          if (!poisoned.contains(each.getKey())) {
            assertEquals(each.getKey(), each.getValue().get(20, SECONDS));
          }
        }
        for (String job : poisoned) {
          var cause = cause(IllegalArgumentException.class, futures.get(job));
          assertEquals("poison", cause.getMessage());
        }
        assertEquals(workers, poisoned.size());
        for (Recorded worker : opened) {
          List<String> batch = worker.ran.getFirst();
          List<List<String>> expected = new ArrayList<>(List.of(batch));
          batch.subList(poison > 0 ? 1 : 0, SIZE).forEach(job -> expected.add(List.of(job)));
          assertEquals(expected, worker.ran, "its own, at once, in order, each alone");
        }
      }
      assertAddsUp(pool.stats(), SIZE * workers * SIZE, SIZE * workers, 0);
    }
    assertEquals(workers, opened.size(), "none broke");
  }

  /** A batch that is rolled back counts for nothing; its jobs count when they are done. */
  @Test
  void whoeverIsRecycledInTheMiddleHasDoneNoMoreThanItMay() throws Exception {
    Map<Recorded, Integer> done = new ConcurrentHashMap<>();
    runAll =
        (worker, jobs, results) -> {
          if (jobs.size() > 1 && jobs.stream().anyMatch(job -> job.endsWith("3"))) {
            throw new BatchRolledBackException(new IllegalStateException("together"));
          }
          int _ = done.merge(worker, jobs.size(), Integer::sum);
          echoAll(jobs, results);
        };
    int jobs = 30 * workers;
    try (var pool = builder().maxBatch(10).maxJobsPerWorker(7).open()) {
      List<Recorded> first = List.copyOf(opened); // each is held for one job
      assertDone(gather(pool, jobs));
      first.forEach(worker -> done.merge(worker, 1, Integer::sum));
      assertEquals(names(jobs), pool.map(names(jobs)));
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)), "also those that were held");
      assertAddsUp(pool.stats(), workers + 2L * jobs, 0, 0);
    }
    assertEquals(workers + 2 * jobs, done.values().stream().mapToInt(each -> each).sum());
    done.forEach((worker, count) -> assertTrue(count <= 7, count + " done by " + worker.name));
    assertTrue(opened.size() >= (workers + 2 * jobs + 6) / 7, opened.size() + " opened");
    assertEquals(opened.size(), closed.get());
    assertTrue(allRan().stream().allMatch(batch -> batch.size() <= 7));
    assertTrue(allRan().stream().anyMatch(batch -> batch.size() > 1));
  }

  @Test
  void whatIsToldTwiceElsewhereLateOrNotAtAllIsNotMixedUpWithOthers() throws Exception {
    Map<Recorded, BatchWorker.Results<String>> kept = new ConcurrentHashMap<>();
    Map<Recorded, List<String>> refused = new ConcurrentHashMap<>();
    runAll =
        (worker, jobs, results) -> {
          List<String> refusals = Collections.synchronizedList(new ArrayList<>());
          kept.put(worker, results);
          awaitOthers();
          results.succeeded(0, jobs.getFirst());
          refusals.add(refusal(() -> results.failed(0, new IllegalStateException("again"))));
          Thread other =
              Thread.ofVirtual()
                  .start(() -> refusals.add(refusal(() -> results.succeeded(1, "elsewhere"))));
          other.join();
          results.failed(1, new IllegalArgumentException(jobs.get(1)));
          refused.put(worker, refusals);
        };
    try (var pool = builder().open()) {
      Map<String, CompletableFuture<String>> futures = gather(pool, workers * SIZE);
      for (CompletableFuture<String> future : futures.values()) {
        Object _ = future.handle((_, _) -> "").get(20, SECONDS);
      }
      for (var each : firsts().entrySet()) {
        String name = each.getKey().name;
        List<String> batch = each.getValue();
        assertEquals(batch.getFirst(), futures.get(batch.getFirst()).get());
        assertEquals(
            batch.get(1),
            cause(IllegalArgumentException.class, futures.get(batch.get(1))).getMessage());
        for (int i = 2; i < SIZE; i++) {
          assertEquals(
              "%s returned from runAll without telling what became of job %d of the batch of 4"
                  .formatted(name, i),
              cause(IllegalStateException.class, futures.get(batch.get(i))).getMessage());
        }
      }
      runAll =
          (worker, jobs, results) -> {
            awaitOthers();
            refused.get(worker).add(refusal(() -> kept.get(worker).succeeded(2, "late")));
            echoAll(jobs, results);
          };
      assertDone(gather(pool, workers * SIZE));
      assertAddsUp(pool.stats(), workers * (SIZE + 3), workers * (SIZE - 1), 0);
    }
    assertEquals(workers, refused.size());
    refused.forEach((worker, refusals) -> {
      String rule = "; " + worker.name + " tells each once, in runAll, on its own thread";
      assertEquals(
          List.of(
              "job 0 of the batch of 4 was told before" + rule,
              "job 1 of the batch of 4 was told on another thread" + rule,
              "job 2 of the batch of 4 was told after runAll had returned" + rule),
          refusals);
    });
  }

  private static String refusal(Runnable telling) {
    return assertThrows(IllegalStateException.class, telling::run).getMessage();
  }

  @Test
  void whatBrokenWorkersHadNotToldFailsOrIsTriedAgainAlone() throws Exception {
    for (int attempts : new int[] {1, 2}) {
      opened.clear();
      closed.set(0);
      runAll =
          (_, jobs, results) -> {
            results.succeeded(0, jobs.getFirst());
            if (jobs.size() > 1) {
              awaitOthers();
              throw new WorkerBrokenException("the line is dead");
            }
          };
      try (var pool = builder().maxAttempts(attempts).open()) {
        List<Recorded> broken = List.copyOf(opened);
        Map<String, CompletableFuture<String>> futures = gather(pool, workers * SIZE);
        for (CompletableFuture<String> future : futures.values()) {
          Object _ = future.handle((_, _) -> "").get(20, SECONDS);
        }
        Await.until("each is replaced", () -> opened.size() == 2 * workers);
        for (Recorded worker : broken) {
          assertEquals(1, worker.ran.size(), worker.ran::toString);
          List<String> batch = worker.ran.getFirst();
          assertEquals(batch.getFirst(), futures.get(batch.getFirst()).get());
          for (String job : batch.subList(1, SIZE)) {
            if (attempts == 1) {
              cause(WorkerBrokenException.class, futures.get(job));
            } else {
              assertEquals(job, futures.get(job).get());
            }
          }
        }
        List<List<String>> ran = allRan();
        assertEquals(
            attempts == 1 ? 0 : workers * (SIZE - 1),
            ran.stream().filter(jobs -> jobs.size() == 1).distinct().count());
        assertEquals(attempts == 1 ? workers : workers * SIZE, ran.size());
        int failed = attempts == 1 ? workers * (SIZE - 1) : 0;
        assertAddsUp(pool.stats(), workers * (SIZE + 1) - failed, failed, 0);
      }
      assertEquals(2 * workers, opened.size());
      assertEquals(2 * workers, closed.get());
    }
  }

  @Test
  void onlyTheBatchOfWhichAllJobsAreCancelledIsStopped() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    Set<Recorded> interrupted = ConcurrentHashMap.newKeySet();
    runAll =
        (worker, jobs, results) -> {
          try {
            awaitOthers(); // it may be stopped here as well
            goOn.await();
          } catch (InterruptedException e) {
            interrupted.add(worker);
            return;
          }
          echoAll(jobs, results);
        };
    try (var pool = builder().open()) {
      Map<String, CompletableFuture<String>> futures = gather(pool, workers * SIZE);
      assertTrue(begun.await(20, SECONDS));
      Map<Recorded, List<String>> firsts = firsts();
      for (List<String> batch : firsts.values()) {
        assertTrue(futures.get(batch.get(1)).cancel(false)); // else the last that is told stops it
      }
      Recorded stopped = opened.peek();
      for (int i : new int[] {3, 0, 2}) {
        assertTrue(cancelled.isEmpty(), "one job is wanted");
        assertTrue(futures.get(firsts.get(stopped).get(i)).cancel(i == 0));
      }
      Await.until("it is stopped", () -> interrupted.contains(stopped));
      goOn.countDown();
      for (var each : firsts.entrySet()) {
        for (int i = 0; i < SIZE; i++) {
          CompletableFuture<String> future = futures.get(each.getValue().get(i));
          if (i == 1 || each.getKey() == stopped) {
            assertThrows(CancellationException.class, () -> future.get(20, SECONDS));
          } else {
            assertEquals(each.getValue().get(i), future.get(20, SECONDS));
          }
        }
      }
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      int lost = workers + SIZE - 1;
      assertAddsUp(pool.stats(), workers * (SIZE + 1) - lost, 0, lost);
      assertEquals(List.of(stopped), List.copyOf(cancelled));
      assertEquals(Set.of(stopped), interrupted);
    }
    assertEquals(workers, opened.size());
  }

  /** Of a bulk call, so that nobody need be held, whose time would be limited as well. */
  @Test
  void allBatchesTimeOutAndTheOneThatDoesNotComeBackIsAbandoned() throws Exception {
    begun = new CountDownLatch(workers);
    Set<Recorded> interrupted = ConcurrentHashMap.newKeySet();
    runAll =
        (worker, jobs, results) -> {
          if (begun.getCount() == 0) {
            echoAll(jobs, results);
            return;
          }
          awaitOthers();
          results.succeeded(0, jobs.getFirst());
          if (worker == opened.peek()) {
            PoolBrokenTest.awaitUninterruptibly(comesBack);
          } else {
            try {
              comesBack.await();
            } catch (InterruptedException e) {
              interrupted.add(worker);
            }
          }
          for (int i = 1; i < jobs.size(); i++) {
            results.succeeded(i, "late");
          }
        };
    var pool =
        builder().jobTimeout(Duration.ofMillis(250)).cancelGrace(Duration.ofMillis(50)).open();
    List<Outcome<String, String>> outcomes = pool.mapAll(names(workers * SIZE));
    Recorded hangs = opened.peek();
    List<String> told = firsts().values().stream().map(List::getFirst).toList();
    for (Outcome<String, String> outcome : outcomes) {
      if (told.contains(outcome.job())) {
        assertTrue(outcome.isSucceeded(), outcome::toString);
      } else {
        Outcome.Failed<?, ?> failed = assertInstanceOf(Outcome.Failed.class, outcome);
        assertInstanceOf(TimeoutException.class, failed.cause());
      }
    }
    Await.until("the others come back", () -> interrupted.size() == workers - 1);
    Await.until("it is replaced", () -> opened.size() > workers);
    assertEquals("next", pool.submit("next").get(20, SECONDS));
    comesBack.countDown();
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertTrue(
        report.abandoned().stream()
            .anyMatch(each ->
                each.worker().equals(hangs.name)
                    && each.job().orElseThrow().equals(hangs.ran.getFirst())),
        report::toString);
    assertEquals(workers * (SIZE - 1), report.failed());
    assertEquals(workers + 1, report.succeeded());
  }

  @Test
  void aCloseDoesWhatHasGathered() throws Exception {
    Map<String, CompletableFuture<String>> futures;
    try (var pool = builder().open()) {
      futures = gather(pool, 20 * workers);
      pool.beginShutdown();
    }
    for (var each : futures.entrySet()) {
      assertEquals(each.getKey(), each.getValue().get(0, SECONDS));
    }
    assertEquals(workers, opened.size());
    assertTrue(allRan().size() < 20 * workers, () -> "taken in " + allRan().size());
  }

  @Test
  void aClosePastItsDeadlineStopsAllBatchesAndStartsNoOther() throws Exception {
    runAll =
        (_, jobs, results) -> {
          awaitOthers();
          results.succeeded(0, jobs.getFirst());
          new CountDownLatch(1).await();
        };
    var pool = builder().open();
    Map<String, CompletableFuture<String>> futures = gather(pool, workers * SIZE + 5);
    assertTrue(begun.await(20, SECONDS));
    Map<Recorded, List<String>> firsts = firsts();
    for (List<String> batch : firsts.values()) {
      assertEquals(batch.getFirst(), futures.get(batch.getFirst()).get(20, SECONDS));
    }
    CloseReport report = pool.shutdown(Duration.ofMillis(5));
    for (List<String> batch : firsts.values()) {
      for (String job : batch.subList(1, SIZE)) {
        assertThrows(CancellationException.class, () -> futures.get(job).get(0, SECONDS));
        futures.remove(job);
      }
      futures.remove(batch.getFirst());
    }
    assertEquals(5, futures.size());
    futures.values().forEach(future -> cause(PoolClosedException.class, future));
    assertEquals(5, report.notStarted());
    assertEquals(Set.copyOf(futures.keySet()), Set.copyOf(report.notStartedJobs()));
    assertEquals(2 * workers, report.succeeded());
    assertEquals(workers * (SIZE - 1), report.cancelled());
    assertTrue(report.abandoned().isEmpty(), report::toString);
    assertTrue(report.took().toSeconds() < 10, "it does not wait for the grace to end");
    assertEquals(workers, cancelled.size());
    assertEquals(workers, allRan().size());
  }

  @Test
  void aClosePastItsDeadlineReturnsWhenTheBatchesOfABulkCallHave() throws Exception {
    begun = new CountDownLatch(workers);
    runAll =
        (_, jobs, results) -> {
          awaitOthers();
          results.succeeded(0, jobs.getFirst());
          new CountDownLatch(1).await();
        };
    var pool = builder().open();
    CompletableFuture<List<Outcome<String, String>>> bulk =
        CompletableFuture.supplyAsync(() -> pool.mapAll(names(workers * SIZE)));
    assertTrue(begun.await(20, SECONDS));
    CloseReport report = pool.shutdown(Duration.ofMillis(20));
    assertEquals(workers * SIZE, bulk.get(20, SECONDS).size());
    assertTrue(report.abandoned().isEmpty(), report::toString);
    assertTrue(report.took().toSeconds() < 10, "it does not wait for the grace to end");
  }

  @Test
  void aRunIsStoppedOnce() throws Exception {
    Set<Recorded> interrupted = ConcurrentHashMap.newKeySet();
    runAll =
        (worker, jobs, results) -> {
          try {
            awaitOthers();
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            for (int i = 0; i < jobs.size(); i++) {
              results.failed(i, e); // is ignored
            }
            interrupted.add(worker);
          }
        };
    try (var pool = builder().open()) {
      Map<String, CompletableFuture<String>> futures = gather(pool, workers * SIZE);
      assertTrue(begun.await(20, SECONDS));
      futures.values().forEach(future -> assertTrue(future.cancel(true)));
      Await.until("all are stopped", () -> interrupted.size() == workers);
    }
    assertEquals(workers, cancelled.size());
  }
}
