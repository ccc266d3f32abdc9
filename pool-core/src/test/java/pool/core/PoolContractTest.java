package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** What every pool promises, whatever its threads, its distribution and its number of workers. */
@SuppressWarnings("try")
@ParameterizedClass(name = "{0}, {1}, {2} workers")
@MethodSource("kinds")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolContractTest {

  static Stream<Arguments> kinds() {
    return Stream.of(ThreadKind.values())
        .flatMap(threads ->
            Stream.of(Distribution.values())
                .flatMap(distribution ->
                    Stream.of(1, 2, 8)
                        .map(workers -> Arguments.of(threads, distribution, workers))));
  }

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  private final Recorder recorder = new Recorder();
  private final CountDownLatch release = new CountDownLatch(1);

  private WorkerPool.Builder<Task, Object> builder() {
    return WorkerPool.of(recorder)
        .threads(threads)
        .distribution(distribution)
        .workers(workers)
        .cancelGrace(Duration.ofSeconds(20));
  }

  private WorkerPool<Task, Object> open() {
    return builder().open();
  }

  /**
   * Occupies every worker until {@link #release}, one after the other, so that none has to wait.
   */
  private List<CompletableFuture<Object>> occupyAll(WorkerPool<Task, Object> pool)
      throws Exception {
    Semaphore busy = new Semaphore(0);
    List<CompletableFuture<Object>> futures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      futures.add(
          recorder.track(
              pool.submit(_ -> {
                busy.release();
                release.await();
                return "released";
              })));
      assertTrue(busy.tryAcquire(20, SECONDS));
    }
    return futures;
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    recorder.assertAllIsOver();
  }

  // Opening and closing

  @Test
  void openReturnsWhenEveryWorkerIsOpen() {
    try (var pool = open()) {
      assertEquals(workers, recorder.opened.size());
      assertEquals(PoolState.OPEN, pool.stats().state());
      assertEquals(
          workers, recorder.opened.stream().map(worker -> worker.thread).distinct().count());
    }
  }

  @Test
  void workersOpenInParallel() {
    CyclicBarrier all = new CyclicBarrier(workers);
    recorder.onOpen = _ -> all.await(20, SECONDS); // a pool that opens one by one never passes
    open().close();
  }

  @Test
  void everyOpenComesBeforeTheFirstJobAndEveryCloseAfterTheLast() {
    try (var pool = open()) {
      IntStream.range(0, 100).forEach(i -> recorder.track(pool.submit(Task.of(i))));
    }
    List<String> events = List.copyOf(recorder.events);
    assertTrue(events.lastIndexOf("open") < events.indexOf("run"), events::toString);
    assertTrue(events.lastIndexOf("run") < events.indexOf("finish"), events::toString);
    assertTrue(events.lastIndexOf("run") < events.indexOf("close"), events::toString);
    assertEquals(100, Collections.frequency(events, "run"));
  }

  @Test
  void closeFinishesThenClosesEachWorkerOnceOnItsThread() {
    open().close();
    for (Recorded worker : recorder.opened) {
      assertEquals(1, worker.finishes.get());
      assertEquals(1, worker.closes.get());
      assertFalse(worker.thread.isAlive(), "close() returned before the thread had ended");
    }
    assertEquals(workers, recorder.opened.size());
  }

  @Test
  void closeWaitsForRunningAndWaitingJobs() throws Exception {
    var pool = open();
    occupyAll(pool);
    List<CompletableFuture<Object>> waiting =
        IntStream.range(0, 20).mapToObj(i -> recorder.track(pool.submit(Task.of(i)))).toList();
    Thread closer = Thread.ofVirtual().start(pool::close);
    awaitState(pool, PoolState.CLOSING);
    assertTrue(recorder.opened.stream().allMatch(worker -> worker.closes.get() == 0));
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(20)));
    for (int i = 0; i < waiting.size(); i++) {
      assertEquals(i, waiting.get(i).resultNow());
    }
  }

  @Test
  void noWorkerFinishesBeforeEveryJobHasSettled() throws Exception {
    var pool = open();
    CountDownLatch running = new CountDownLatch(1);
    recorder.track(
        pool.submit(_ -> {
          running.countDown();
          release.await();
          return null;
        }));
    assertTrue(running.await(20, SECONDS));
    pool.beginShutdown();
    assertThrows(PoolClosedException.class, () -> pool.submit(Task.of(1)));
    assertEquals(0, recorder.opened.stream().mapToInt(worker -> worker.finishes.get()).sum());
    release.countDown();
    pool.close();
    assertEquals(workers, recorder.opened.stream().mapToInt(w -> w.finishes.get()).sum());
  }

  @Test
  void openOfOneOfManyFails() {
    recorder.onOpen =
        worker -> {
          if (worker.context.index() == workers - 1) {
            throw new IOException("no such host");
          }
        };
    OpenFailedException e = assertThrows(OpenFailedException.class, this::open);
    assertEquals("no such host", e.getCause().getMessage());
    assertTrue(recorder.opened.size() < workers); // one that had not begun does not begin
    assertEquals(0, recorder.opened.stream().mapToInt(worker -> worker.runs.get()).sum());
  }

  @Test
  void openThatHangsTimesOut() {
    recorder.onOpen =
        worker -> {
          if (worker.context.index() == 0) {
            release.await();
          }
        };
    OpenFailedException e =
        assertThrows(
            OpenFailedException.class, () -> builder().openTimeout(Duration.ofMillis(100)).open());
    assertInstanceOf(TimeoutException.class, e.getCause());
    assertTrue(e.getMessage().contains("recorder-0"), e.getMessage());
  }

  @Test
  void whatAHalfOpenedWorkerOwnsIsClosed() {
    AtomicInteger closed = new AtomicInteger();
    recorder.onOpen =
        worker -> {
          AutoCloseable unused = worker.context.own(closed::incrementAndGet);
          throw new IOException("no");
        };
    assertThrows(OpenFailedException.class, this::open);
    assertEquals(recorder.opening.get(), closed.get());
  }

  @Test
  void whatAWorkerOwnsIsClosedAfterItInReverse() {
    recorder.onOpen =
        worker -> {
          AutoCloseable first = worker.context.own(() -> recorder.events.add("first"));
          AutoCloseable second = worker.context.own(() -> recorder.events.add("second"));
        };
    open().close();
    if (workers == 1) {
      assertEquals(
          List.of("open", "finish", "close", "second", "first"), List.copyOf(recorder.events));
    }
    assertEquals(workers, Collections.frequency(List.copyOf(recorder.events), "first"));
  }

  @Test
  void failingFinishAndCloseAreReportedAndTheOthersStillClose() {
    recorder.onFinish =
        _ -> {
          throw new IOException("finish");
        };
    recorder.onClose =
        _ -> {
          throw new IOException("close");
        };
    PoolCloseException e = assertThrows(PoolCloseException.class, open()::close);
    assertEquals(2 * workers, e.report().closeFailures().size());
    assertEquals(2 * workers, e.getSuppressed().length);
    assertFalse(e.report().isClean());
  }

  @Test
  void closeAgainReturnsTheSameReport() {
    var pool = open();
    recorder.track(pool.submit(Task.of(1)));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertSame(report, pool.shutdownNow());
    pool.close();
    assertTrue(report.isClean(), report::toString);
    assertEquals(1, report.succeeded());
    assertEquals(PoolState.CLOSED, pool.stats().state());
  }

  @Test
  void eightClosersAllWaitAndSeeTheSameReport() throws Exception {
    var pool = open();
    occupyAll(pool);
    Set<CloseReport> reports = ConcurrentHashMap.newKeySet();
    List<Thread> closers =
        IntStream.range(0, 8)
            .mapToObj(_ ->
                Thread.ofPlatform().start(() -> reports.add(pool.shutdown(Duration.ofSeconds(30)))))
            .toList();
    awaitState(pool, PoolState.CLOSING);
    assertTrue(closers.stream().allMatch(Thread::isAlive));
    release.countDown();
    for (Thread closer : closers) {
      assertTrue(closer.join(Duration.ofSeconds(20)));
    }
    assertEquals(1, reports.size());
  }

  @Test
  void closeFromAWorkerIsRefused() {
    try (var pool = open()) {
      var fromJob =
          recorder.track(
              pool.submit(_ -> {
                pool.close();
                return null;
              }));
      ExecutionException e = assertThrows(ExecutionException.class, () -> fromJob.get(20, SECONDS));
      assertInstanceOf(IllegalStateException.class, e.getCause());
      var job = recorder.track(pool.submit(_ -> release.await(20, SECONDS)));
      var fromCallback = job.thenRun(pool::close);
      release.countDown();
      e = assertThrows(ExecutionException.class, () -> fromCallback.get(20, SECONDS));
      assertInstanceOf(IllegalStateException.class, e.getCause());
    }
  }

  @Test
  void closePastItsDeadlineReturnsWhatWaitsAndStopsWhatRuns() throws Exception {
    var pool = open();
    List<CompletableFuture<Object>> running = occupyAll(pool);
    Task waitingJob = Task.of(1);
    CompletableFuture<Object> waiting = recorder.track(pool.submit(waitingJob));
    CloseReport report = pool.shutdown(Duration.ofMillis(50));
    running.forEach(future -> assertTrue(future.isCancelled()));
    assertInstanceOf(PoolClosedException.class, waiting.exceptionNow());
    assertEquals(List.of(waitingJob), report.returnedJobs());
    assertEquals(workers, report.cancelledByClose());
    assertEquals(workers, report.cancelled());
    assertEquals(List.of(), report.abandoned());
    assertFalse(report.isClean());
    assertAddsUp(report);
    recorder.opened.forEach(worker -> assertEquals(0, worker.finishes.get()));
    recorder.opened.forEach(worker -> assertEquals(1, worker.cancels.get()));
  }

  @Test
  void aWorkerThatDoesNotComeBackIsAbandonedAndClosesLate() throws Exception {
    var pool = builder().cancelGrace(Duration.ofMillis(50)).open();
    CountDownLatch running = new CountDownLatch(1);
    Task stubborn =
        _ -> {
          running.countDown();
          while (release.getCount() > 0) {
            LockSupport.parkNanos(1_000_000); // deaf to interrupts
            Thread.interrupted();
          }
          return null;
        };
    recorder.track(pool.submit(stubborn));
    assertTrue(running.await(20, SECONDS));
    CloseReport report = pool.shutdownNow();
    assertEquals(1, report.abandoned().size());
    CloseReport.Abandoned abandoned = report.abandoned().getFirst();
    assertEquals(Optional.of(stubborn), abandoned.job());
    assertTrue(
        abandoned.stack().stream()
            .anyMatch(frame -> frame.getClassName().contains("PoolContractTest")));
    assertTrue(report.toString().contains(abandoned.worker()), report::toString);
    assertAddsUp(report);
    assertEquals(1, recorder.opened.stream().filter(worker -> worker.closes.get() == 0).count());
    release.countDown(); // the end of every test checks that it closes now
  }

  @Test
  void anInterruptedCloserStopsWhatRunsAndKeepsItsFlag() throws Exception {
    var pool = open();
    List<CompletableFuture<Object>> running = occupyAll(pool);
    AtomicReference<CloseReport> report = new AtomicReference<>();
    CountDownLatch flagKept = new CountDownLatch(1);
    Thread closer =
        Thread.ofPlatform()
            .start(() -> {
              report.set(pool.shutdown(Duration.ofMinutes(10)));
              if (Thread.currentThread().isInterrupted()) {
                flagKept.countDown();
              }
            });
    awaitState(pool, PoolState.CLOSING);
    closer.interrupt();
    assertTrue(flagKept.await(20, SECONDS));
    running.forEach(future -> assertTrue(future.isCancelled()));
    assertEquals(workers, report.get().cancelledByClose());
  }

  @Test
  void submitAfterCloseIsRefused() {
    var pool = open();
    pool.close();
    assertThrows(PoolClosedException.class, () -> pool.submit(Task.of(1)));
    assertThrows(PoolClosedException.class, () -> pool.trySubmit(Task.of(1)));
    assertThrows(PoolClosedException.class, () -> pool.map(List.of(Task.of(1))));
    assertThrows(PoolClosedException.class, () -> pool.stream(Stream.of(Task.of(1))).findFirst());
  }

  @Test
  void closeWhile64SubmittersWaitForAPlace() throws Exception {
    var pool = builder().queueCapacity(1).open();
    occupyAll(pool);
    recorder.track(pool.submit(Task.of(0)));
    AtomicInteger refused = new AtomicInteger();
    List<Thread> submitters =
        IntStream.range(0, 64)
            .mapToObj(i ->
                Thread.ofVirtual()
                    .start(() -> {
                      try {
                        recorder.track(pool.submit(Task.of(i)));
                      } catch (PoolClosedException e) {
                        refused.incrementAndGet();
                      }
                    }))
            .toList();
    for (Thread submitter : submitters) {
      awaitWaiting(submitter);
    }
    Thread closer = Thread.ofVirtual().start(pool::close);
    for (Thread submitter : submitters) {
      assertTrue(submitter.join(Duration.ofSeconds(20)));
    }
    assertEquals(64, refused.get());
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(20)));
  }

  // Jobs

  @Test
  void mapReturnsResultsInOrderUnderRandomDelays() {
    try (var pool = open()) {
      List<Task> jobs = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int result = i;
        jobs.add(_ -> {
          LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(500_000));
          return result;
        });
      }
      List<Integer> expected = IntStream.range(0, 200).boxed().toList();
      assertEquals(expected, pool.map(jobs));
      assertEquals(expected, pool.stream(jobs.stream()).toList());
      assertEquals(
          expected,
          pool.streamUnordered(jobs.stream())
              .map(outcome -> ((Outcome.Succeeded<Task, Object>) outcome).result())
              .map(Integer.class::cast)
              .sorted()
              .toList());
    }
  }

  @Test
  void anEmptyBatchHasNoResults() {
    try (var pool = open()) {
      assertEquals(List.of(), pool.map(List.of()));
      assertEquals(List.of(), pool.mapAll(List.of()));
      assertEquals(0, pool.stream(Stream.empty()).count());
    }
  }

  @Test
  void resultsMayBeNullAndJobsMayNot() {
    try (var pool = open()) {
      assertNull(recorder.track(pool.submit(_ -> null)).join());
      assertEquals(Collections.singletonList(null), pool.map(List.of(_ -> null)));
      assertEquals(
          "job", assertThrows(NullPointerException.class, () -> pool.submit(null)).getMessage());
      assertEquals(
          "job 1 of the batch is null",
          assertThrows(NullPointerException.class, () -> pool.map(Arrays.asList(Task.of(1), null)))
              .getMessage());
      assertEquals(
          "key",
          assertThrows(NullPointerException.class, () -> pool.submit(null, Task.of(1)))
              .getMessage());
    }
  }

  @Test
  void aFailingRunFailsItsJobAndTheWorkerGoesOn() throws Exception {
    try (var pool = builder().open()) {
      IOException boom = new IOException("boom");
      var failing =
          recorder.track(
              pool.submit(_ -> {
                throw boom;
              }));
      assertSame(boom, assertThrows(ExecutionException.class, failing::get).getCause());
      IntStream.range(0, 3 * workers)
          .forEach(i -> assertEquals(i, recorder.track(pool.submit(Task.of(i))).join()));
      assertEquals(workers, recorder.opening.get());
      assertEquals(1, pool.stats().failed());
    }
  }

  @Test
  void mapStopsAtTheFirstFailureAndReturnsTheRest() {
    try (var pool = open()) {
      AtomicInteger started = new AtomicInteger();
      List<Task> jobs = new ArrayList<>();
      Task bad =
          _ -> {
            throw new IOException("bad");
          };
      jobs.add(bad);
      for (int i = 1; i < 1_000; i++) {
        jobs.add(_ -> {
          started.incrementAndGet();
          release.await(); // ends by the interrupt alone
          return null;
        });
      }
      JobFailedException e = assertThrows(JobFailedException.class, () -> pool.map(jobs));
      assertEquals(0, e.index());
      assertSame(bad, e.job());
      assertEquals("bad", e.getCause().getMessage());
      PoolStats stats = pool.stats();
      assertEquals(0, stats.running());
      assertTrue(started.get() < workers, "started " + started);
      assertEquals(1_000, stats.failed() + stats.cancelled() + stats.returned());
      assertEquals(1, stats.failed());
      assertAddsUp(stats);
    }
  }

  @Test
  void mapAllReturnsEveryOutcomeInOrder() {
    try (var pool = open()) {
      Task good = Task.of("good");
      IOException boom = new IOException("boom");
      Task bad =
          _ -> {
            throw boom;
          };
      assertEquals(
          List.of(
              new Outcome.Succeeded<Task, Object>(good, "good"),
              new Outcome.Failed<Task, Object>(bad, boom),
              new Outcome.Succeeded<Task, Object>(good, "good")),
          pool.mapAll(List.of(good, bad, good)));
    }
  }

  @Test
  void anInterruptedMapStopsItsBatchAndKeepsTheFlag() throws Exception {
    try (var pool = open()) {
      CountDownLatch running = new CountDownLatch(1);
      Task hangs =
          _ -> {
            running.countDown();
            release.await();
            return null;
          };
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread mapper =
          Thread.ofPlatform()
              .start(() -> {
                assertThrows(
                    PoolInterruptedException.class, () -> pool.map(Collections.nCopies(50, hangs)));
                flag.complete(Thread.currentThread().isInterrupted());
              });
      assertTrue(running.await(20, SECONDS));
      mapper.interrupt();
      assertTrue(flag.get(20, SECONDS));
      assertEquals(0, pool.stats().running());
      assertEquals(50, pool.stats().cancelled() + pool.stats().returned());
    }
  }

  @Test
  void anEqualKeyMeetsTheSameSlotInTheOrderOfSubmission() {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    Set<Recorded> met = ConcurrentHashMap.newKeySet();
    try (var pool = open()) {
      for (int i = 0; i < 200; i++) {
        int number = i;
        recorder.track(
            pool.submit(
                "host",
                worker -> {
                  met.add(worker);
                  order.add(number);
                  return null;
                }));
        recorder.track(pool.submit(Task.of(i)));
      }
    }
    assertEquals(1, met.size());
    assertEquals(IntStream.range(0, 200).boxed().toList(), order);
  }

  @Test
  void evenDistributionGivesEverySlotEqualCountsWithinOne() {
    try (var pool = open()) {
      IntStream.range(0, 101).forEach(i -> recorder.track(pool.submit(Task.of(i))));
      pool.map(Collections.nCopies(57, Task.of(1)));
      pool.stream(Collections.nCopies(33, Task.of(1)).stream()).forEach(_ -> {});
      recorder.track(pool.submit(Task.of(2))).join();
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
    }
    if (distribution == Distribution.EVEN) {
      var counts = recorder.opened.stream().mapToInt(w -> w.runs.get()).summaryStatistics();
      assertTrue(counts.getMax() - counts.getMin() <= 1, counts::toString);
    }
    assertEquals(192, recorder.opened.stream().mapToInt(w -> w.runs.get()).sum());
  }

  @Test
  void noJobWaitsBehindALongOneWhileAWorkerIsFree() throws Exception {
    if (distribution == Distribution.EVEN || workers == 1) {
      return; // a dealt job waits for its slot
    }
    try (var pool = open()) {
      CountDownLatch running = new CountDownLatch(1);
      recorder.track(
          pool.submit(_ -> {
            running.countDown();
            release.await();
            return null;
          }));
      assertTrue(running.await(20, SECONDS));
      for (int i = 0; i < 100; i++) {
        assertEquals(i, recorder.track(pool.submit(Task.of(i))).get(20, SECONDS));
      }
      release.countDown();
    }
  }

  // The bound

  @Test
  void aFullQueueRefusesOrWaits() throws Exception {
    try (var pool = builder().queueCapacity(2).whenFull(WhenFull.REJECT).open()) {
      occupyAll(pool);
      recorder.track(pool.submit(Task.of(1)));
      var second = recorder.track(pool.submit("key", Task.of(2)));
      QueueFullException e = assertThrows(QueueFullException.class, () -> pool.submit(Task.of(3)));
      assertTrue(e.getMessage().contains("2 jobs wait"), e.getMessage());
      assertEquals(Optional.empty(), pool.trySubmit(Task.of(3)));
      assertEquals(2, pool.stats().queued());
      assertTrue(second.cancel(false)); // gives its place back
      recorder.track(pool.trySubmit(Task.of(4)).orElseThrow());
      assertEquals(Optional.empty(), pool.trySubmit(Task.of(5)));
      release.countDown();
    }
  }

  @Test
  void aSubmitterThatWaitsForAPlaceGetsOneOrIsInterrupted() throws Exception {
    try (var pool = builder().queueCapacity(1).open()) {
      occupyAll(pool);
      recorder.track(pool.submit(Task.of(1)));
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread interrupted =
          Thread.ofPlatform()
              .start(() -> {
                assertThrows(PoolInterruptedException.class, () -> pool.submit(Task.of(2)));
                flag.complete(Thread.currentThread().isInterrupted());
              });
      awaitWaiting(interrupted);
      interrupted.interrupt();
      assertTrue(flag.get(20, SECONDS));
      CompletableFuture<Object> late = new CompletableFuture<>();
      Thread waits =
          Thread.ofPlatform()
              .start(() -> late.complete(recorder.track(pool.submit(Task.of(3))).join()));
      awaitWaiting(waits);
      release.countDown();
      assertEquals(3, late.get(20, SECONDS));
    }
  }

  @Test
  void manyWithdrawnJobsGiveTheirPlacesBack() throws Exception {
    try (var pool = builder().queueCapacity(3).open()) {
      occupyAll(pool);
      for (int i = 0; i < 10_000; i++) {
        assertTrue(recorder.track(pool.submit("key" + i % 5, Task.of(i))).cancel(true));
      }
      assertEquals(0, pool.stats().queued());
      assertEquals(10_000, pool.stats().cancelled());
      release.countDown();
    }
    assertEquals(workers, recorder.opened.stream().mapToInt(w -> w.runs.get()).sum());
  }

  // Cancelling

  @Test
  void cancellingAWaitingJobWithdrawsIt() throws Exception {
    try (var pool = open()) {
      occupyAll(pool);
      AtomicInteger ran = new AtomicInteger();
      var waiting = recorder.track(pool.submit(_ -> ran.incrementAndGet()));
      assertTrue(waiting.cancel(false));
      assertTrue(waiting.isCancelled());
      release.countDown();
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(0, ran.get());
      assertEquals(1, pool.stats().cancelled());
    }
  }

  @Test
  void cancelWithInterruptStopsTheRunAndPingsTheWorker() throws Exception {
    try (var pool = open()) {
      List<CompletableFuture<Object>> running = occupyAll(pool);
      running.forEach(future -> assertTrue(future.cancel(true)));
      // every slot has a job after the stopped one
      IntStream.range(0, workers * 2)
          .forEach(i -> assertEquals(i, recorder.track(pool.submit(Task.of(i))).join()));
      assertEquals(workers, pool.stats().cancelled());
    }
    for (Recorded worker : recorder.opened) {
      assertTrue(worker.cancels.get() <= 1);
      assertEquals(1, worker.pings.get());
    }
  }

  @Test
  void aWorkerStartsNothingWhileItsCancelIsUnderWay() throws Exception {
    CountDownLatch cancelling = new CountDownLatch(1);
    CountDownLatch mayReturn = new CountDownLatch(1);
    recorder.onCancel =
        _ -> {
          cancelling.countDown();
          assertTrue(mayReturn.await(20, SECONDS));
        };
    try (var pool = builder().workers(1).open()) {
      CountDownLatch started = new CountDownLatch(1);
      var running =
          recorder.track(
              pool.submit(_ -> {
                started.countDown();
                return cancelling.await(20, SECONDS); // returns by itself while cancel is under way
              }));
      var next = recorder.track(pool.submit(Task.of("next")));
      assertTrue(started.await(20, SECONDS));
      running.cancel(true);
      assertTrue(cancelling.await(20, SECONDS));
      assertThrows(TimeoutException.class, () -> next.get(100, TimeUnit.MILLISECONDS));
      mayReturn.countDown();
      assertEquals("next", next.get(20, SECONDS));
    }
  }

  @Test
  void aWithdrawnJobMakesRoomForASubmitterThatWaits() throws Exception {
    try (var pool = builder().queueCapacity(1).open()) {
      occupyAll(pool);
      var waiting = recorder.track(pool.submit(Task.of("withdrawn")));
      var submitter =
          CompletableFuture.supplyAsync(
              () -> recorder.track(pool.submit(Task.of("has room"))),
              task -> Thread.ofPlatform().start(task));
      assertThrows(TimeoutException.class, () -> submitter.get(50, TimeUnit.MILLISECONDS));
      waiting.cancel(false);
      var accepted = submitter.get(20, SECONDS); // though every worker is still occupied
      release.countDown();
      assertEquals("has room", accepted.get(20, SECONDS));
    }
  }

  @Test
  void cancelWithoutInterruptDropsTheResultAndLetsTheRunEnd() throws Exception {
    try (var pool = open()) {
      List<CompletableFuture<Object>> running = occupyAll(pool);
      assertTrue(running.getFirst().cancel(false));
      assertThrows(CancellationException.class, running.getFirst()::join);
      release.countDown();
    }
    recorder.opened.forEach(worker -> assertEquals(0, worker.cancels.get()));
  }

  @Test
  void completingByHandAndOrTimeoutCountAsCancelling() throws Exception {
    try (var pool = open()) {
      List<CompletableFuture<Object>> running = occupyAll(pool);
      var late = recorder.track(pool.submit(Task.of(1)).orTimeout(1, TimeUnit.MILLISECONDS));
      var byHand = recorder.track(pool.submit(Task.of(2)));
      byHand.completeAsync(() -> 3);
      assertEquals(3, byHand.get(20, SECONDS));
      assertFalse(byHand.complete("again"));
      ExecutionException e = assertThrows(ExecutionException.class, () -> late.get(20, SECONDS));
      assertInstanceOf(TimeoutException.class, e.getCause());
      assertTrue(running.getFirst().complete("by hand")); // and stops its run
      assertEquals("by hand", running.getFirst().join());
      release.countDown();
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(3, pool.stats().cancelled());
    }
  }

  @Test
  void cancellingADependentDoesNotReachTheJob() {
    try (var pool = open()) {
      var job = recorder.track(pool.submit(_ -> release.await(20, SECONDS)));
      assertTrue(job.thenApply(result -> result).cancel(true));
      release.countDown();
      assertEquals(true, job.join());
    }
  }

  @Test
  void noInterruptReachesAnotherJob() {
    try (var pool = builder().queueCapacity(10_000).open()) {
      for (int i = 0; i < 2_000; i++) {
        var victim =
            recorder.track(
                pool.submit(_ -> {
                  if (ThreadLocalRandom.current().nextBoolean()) {
                    Thread.currentThread().interrupt(); // left set
                  }
                  return null;
                }));
        recorder.track(
            pool.submit(_ -> {
              if (Thread.currentThread().isInterrupted()) {
                recorder.violations.add("an interrupt reached another job");
              }
              return null;
            }));
        victim.cancel(true);
      }
      assertTrue(pool.awaitIdle(Duration.ofSeconds(30)));
      assertEquals(4_000, pool.stats().succeeded() + pool.stats().cancelled());
    }
  }

  @Test
  void aCallbackMayWaitForAnotherFutureThatTheSameCloseReturned() throws Exception {
    var pool = builder().cancelGrace(Duration.ofSeconds(1)).open();
    occupyAll(pool);
    List<CompletableFuture<Object>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(recorder.track(pool.submit(Task.of(i))));
    }
    List<CompletableFuture<Void>> chained = new ArrayList<>();
    for (var future : waiting) {
      chained.add(
          future.handle((_, _) -> {
            waiting.forEach(other -> other.cancel(true));
            waiting.stream()
                .filter(other -> other != future)
                .forEach(CompletableFuture::exceptionNow);
            return null;
          }));
      chained.add(
          future.handle((_, _) -> {
            waiting.forEach(other -> assertThrows(RuntimeException.class, other::join));
            return null;
          }));
    }
    assertEquals(3, pool.shutdownNow().returned());
    for (var each : chained) {
      assertNull(each.get(20, SECONDS));
    }
  }

  @Test
  void aJobForAnyWorkerDoesNotWaitBehindOneForItsOwn() throws Exception {
    for (int round = 0; round < 50; round++) {
      try (var pool = builder().workers(2).distribution(Distribution.SHARED).open()) {
        CountDownLatch free = new CountDownLatch(1);
        var first = recorder.track(pool.submit(_ -> release(free)));
        var keyed = recorder.track(pool.submit("key", _ -> free.await(20, SECONDS)));
        assertEquals(true, keyed.get(20, SECONDS));
        first.get(20, SECONDS);
      }
    }
  }

  private static boolean release(CountDownLatch latch) {
    latch.countDown();
    return true;
  }

  @Test
  void aCloseInterruptsARunThatWasCancelledGently() throws Exception {
    var pool = open();
    List<CompletableFuture<Object>> running = occupyAll(pool);
    running.forEach(future -> future.cancel(false));
    CloseReport report = pool.shutdownNow();
    assertEquals(List.of(), report.abandoned());
  }

  @Test
  void aReplacementThatHangsIsInterruptedWhenNobodyWantsIt() throws Exception {
    var pool = builder().workers(1).open();
    CountDownLatch opening = new CountDownLatch(1);
    recorder.onOpen =
        _ -> {
          opening.countDown();
          new CountDownLatch(1).await();
        };
    recorder.track(
        pool.submit(_ -> {
          throw new pool.api.WorkerBrokenException("connection reset");
        }));
    assertTrue(opening.await(20, SECONDS));
    assertEquals(WorkerState.OPENING, pool.stats().workers().getFirst().state());
    assertTrue(pool.shutdown(Duration.ofSeconds(20)).isClean());
  }

  @Test
  void noInterruptReachesFinish() {
    try (var pool = open()) {
      for (int i = 0; i < 2 * workers; i++) {
        recorder
            .track(pool.submit(Task.of(i)))
            .whenComplete((_, _) -> Thread.currentThread().interrupt())
            .join();
      }
      boolean _ = Thread.interrupted(); // a callback may have run here
      recorder.opened.forEach(worker -> worker.thread.interrupt());
      recorder.onFinish =
          _ -> {
            if (Thread.currentThread().isInterrupted()) {
              recorder.violations.add("an interrupt reached finish");
            }
          };
    }
    assertEquals(workers, recorder.opened.stream().mapToInt(worker -> worker.finishes.get()).sum());
  }

  @Test
  void aWorkerMayThrowACancellationException() {
    Task thrower =
        _ -> {
          throw new CancellationException("by the worker");
        };
    try (var pool = open()) {
      assertInstanceOf(Outcome.Failed.class, pool.mapAll(List.of(thrower)).getFirst());
      var outcome = pool.streamUnordered(Stream.of(thrower)).findFirst().orElseThrow();
      assertInstanceOf(Outcome.Failed.class, outcome);
      assertEquals(2, pool.stats().failed());
    }
  }

  @Test
  void anInterruptedConsumerOfAStreamStillWaitsForItsRuns() throws Exception {
    try (var pool = open()) {
      AtomicInteger inside = new AtomicInteger();
      CountDownLatch started = new CountDownLatch(1);
      Task slow =
          _ -> {
            inside.incrementAndGet();
            started.countDown();
            try {
              return release.await(20, SECONDS);
            } catch (InterruptedException e) {
              LockSupport.parkNanos(20_000_000); // is slow to stop
              throw e;
            } finally {
              inside.decrementAndGet();
            }
          };
      Thread consumer = Thread.currentThread();
      CompletableFuture<Void> interrupter =
          CompletableFuture.runAsync(() -> {
            try {
              assertTrue(started.await(20, SECONDS));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            consumer.interrupt();
          });
      assertThrows(
          PoolInterruptedException.class,
          () -> pool.streamUnordered(Stream.generate(() -> slow)).forEach(_ -> {}));
      assertTrue(Thread.interrupted());
      assertEquals(0, inside.get());
      interrupter.get(20, SECONDS);
    }
  }

  @Test
  void aBrokenWorkerIsClosedAndReplacedInItsSlot() {
    try (var pool = open()) {
      var breaking =
          recorder.track(
              pool.submit(_ -> {
                throw new pool.api.WorkerBrokenException("connection reset");
              }));
      assertThrows(Exception.class, breaking::join);
      var error =
          recorder.track(
              pool.submit(_ -> {
                throw new StackOverflowError();
              }));
      assertThrows(Exception.class, error::join);
      IntStream.range(0, 3 * workers)
          .forEach(i -> assertEquals(i, recorder.track(pool.submit(Task.of(i))).join()));
      assertEquals(2, pool.stats().failed());
      long deadline = System.nanoTime() + SECONDS.toNanos(20);
      while (recorder.opened.size() < workers + 2) {
        assertTrue(System.nanoTime() < deadline, "not replaced");
        Thread.onSpinWait();
      }
      awaitState(pool, PoolState.OPEN);
    }
    assertEquals(workers + 2, recorder.opened.size());
    assertEquals(workers, recorder.opened.stream().mapToInt(worker -> worker.finishes.get()).sum());
  }

  @Test
  void callbacksThatThrowOrSubmitHarmNobody() throws Exception {
    try (var pool = open()) {
      AtomicReference<CompletableFuture<Object>> chained = new AtomicReference<>();
      CountDownLatch ran = new CountDownLatch(1);
      var job = recorder.track(pool.submit(_ -> release.await(20, SECONDS)));
      job.thenRun(() -> {
        chained.set(recorder.track(pool.submit(Task.of("chained"))));
        ran.countDown();
        throw new IllegalStateException("callback");
      });
      release.countDown();
      assertTrue(ran.await(20, SECONDS));
      assertEquals("chained", chained.get().get(20, SECONDS));
    }
  }

  // Streams

  @Test
  void aStreamTakesAnEndlessSourceAndPullsNoFurtherThanTheBound() {
    AtomicInteger pulled = new AtomicInteger();
    try (var pool = builder().queueCapacity(5).open()) {
      Stream<Task> endless = Stream.generate(() -> Task.of(pulled.incrementAndGet()));
      try (Stream<Object> results = pool.stream(endless)) {
        int[] consumed = {0};
        results
            .limit(500)
            .forEach(result -> {
              assertEquals(++consumed[0], result);
              assertTrue(pulled.get() - consumed[0] <= workers + 5);
            });
      }
      assertTrue(pulled.get() <= 500 + workers + 5);
      assertEquals(0, pool.stats().running() + pool.stats().queued());
    }
  }

  @Test
  void aStreamThatIsClosedEarlyCancelsWhatRuns() {
    try (var pool = builder().queueCapacity(5).open()) {
      AtomicInteger sourceClosed = new AtomicInteger();
      Stream<Task> source =
          Stream.concat(
                  Stream.of(Task.of("first")),
                  Stream.generate(() -> (Task) _ -> release.await(60, SECONDS)))
              .onClose(sourceClosed::incrementAndGet);
      try (Stream<Outcome<Task, Object>> outcomes = pool.streamUnordered(source)) {
        assertInstanceOf(Outcome.Succeeded.class, outcomes.findFirst().orElseThrow());
      }
      assertEquals(0, pool.stats().running() + pool.stats().queued());
      assertEquals(1, sourceClosed.get());
    }
  }

  @Test
  void aSourceThatThrowsAndAConsumerThatThrowsLeaveNoJob() {
    try (var pool = builder().queueCapacity(5).open()) {
      for (boolean ordered : new boolean[] {true, false}) {
        Stream<Task> failing =
            IntStream.range(0, 100)
                .mapToObj(i -> {
                  if (i == workers + 1) {
                    throw new IllegalArgumentException("source");
                  }
                  return i == 0 ? Task.of(i) : _ -> release.await(60, SECONDS);
                });
        Stream<?> outcomes = ordered ? pool.stream(failing) : pool.streamUnordered(failing);
        assertEquals(
            "source",
            assertThrows(IllegalArgumentException.class, () -> outcomes.forEach(_ -> {}))
                .getMessage());
        Stream<Task> endless =
            Stream.concat(
                Stream.of(Task.of(0)),
                Stream.generate(() -> (Task) _ -> release.await(60, SECONDS)));
        Stream<?> consumed = ordered ? pool.stream(endless) : pool.streamUnordered(endless);
        assertThrows(
            IllegalStateException.class,
            () ->
                consumed.forEach(_ -> {
                  throw new IllegalStateException("consumer");
                }));
        assertEquals(0, pool.stats().running() + pool.stats().queued());
      }
    }
  }

  @Test
  void aStreamDeliversWhatWasAcceptedBeforeThePoolClosed() {
    var pool = builder().queueCapacity(5).open();
    List<Object> delivered = new ArrayList<>();
    assertThrows(
        PoolClosedException.class,
        () ->
            pool.stream(Stream.generate(() -> Task.of("result")))
                .forEach(result -> {
                  delivered.add(result);
                  pool.beginShutdown();
                }));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(report.submitted(), delivered.size());
    assertTrue(report.isClean(), report::toString);
  }

  @Test
  void aFailedJobEndsAnOrderedStream() {
    try (var pool = open()) {
      IOException boom = new IOException("boom");
      JobFailedException e =
          assertThrows(
              JobFailedException.class,
              () ->
                  pool.stream(
                          Stream.of(
                              Task.of(0),
                              _ -> {
                                throw boom;
                              }))
                      .forEach(_ -> {}));
      assertEquals(1, e.index());
      assertSame(boom, e.getCause());
    }
  }

  // Accounts

  @Test
  void everySnapshotAddsUpAndCountsWhatWasSeenDone() throws Exception {
    try (var pool = builder().queueCapacity(100_000).open()) {
      AtomicInteger seenDone = new AtomicInteger();
      Thread submitter =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 3_000; i++) {
                  var future = recorder.track(pool.submit(Task.of(i)));
                  if (i % 3 == 0) {
                    future.cancel(true);
                  }
                  future.whenComplete((_, _) -> seenDone.incrementAndGet());
                }
              });
      while (submitter.isAlive()) {
        int seen = seenDone.get();
        PoolStats stats = pool.stats();
        assertAddsUp(stats);
        assertTrue(seen <= stats.succeeded() + stats.failed() + stats.cancelled());
        assertTrue(stats.running() <= workers);
      }
    }
  }

  @Test
  void statsTellWhoDoesWhat() throws Exception {
    try (var pool = open()) {
      CountDownLatch running = new CountDownLatch(1);
      Task job =
          _ -> {
            running.countDown();
            release.await();
            return null;
          };
      recorder.track(pool.submit(job));
      assertTrue(running.await(20, SECONDS));
      PoolStats stats = pool.stats();
      List<WorkerStats> busy =
          stats.workers().stream().filter(w -> w.state() == WorkerState.RUNNING).toList();
      assertEquals(1, busy.size());
      assertEquals(Optional.of(job), busy.getFirst().currentJob());
      assertNotNull(busy.getFirst().currentJobSince().orElseThrow());
      assertEquals(1, busy.getFirst().opened());
      assertEquals("recorder-0", stats.workers().getFirst().name());
      release.countDown();
    }
  }

  @Test
  void closeRacingSubmitLosesNoJob() throws Exception {
    Semaphore permits = new Semaphore(0);
    for (int round = 0; round < 1_000 / workers; round++) {
      var pool = open();
      AtomicInteger accepted = new AtomicInteger();
      Thread submitter =
          Thread.ofVirtual()
              .start(() -> {
                permits.release();
                try {
                  while (true) {
                    recorder.track(pool.submit(Task.of(1)));
                    accepted.incrementAndGet();
                  }
                } catch (PoolClosedException e) {
                  // closed
                }
              });
      permits.acquire();
      CloseReport report =
          round % 2 == 0 ? pool.shutdown(Duration.ofSeconds(30)) : pool.shutdownNow();
      assertTrue(submitter.join(Duration.ofSeconds(20)));
      assertAddsUp(report);
      assertEquals(accepted.get(), report.submitted());
      assertTrue(round % 2 != 0 || report.succeeded() == report.submitted());
    }
  }

  // Helpers

  private static void awaitState(WorkerPool<?, ?> pool, PoolState state) {
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (pool.stats().state() != state) {
      assertTrue(System.nanoTime() < deadline, () -> "not " + state);
      Thread.onSpinWait();
    }
  }

  private static void awaitWaiting(Thread thread) {
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (thread.getState() != Thread.State.WAITING) {
      assertTrue(System.nanoTime() < deadline, () -> thread + " does not wait");
      Thread.onSpinWait();
    }
  }
}
