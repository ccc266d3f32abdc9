package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** How every pool opens and closes. */
@SuppressWarnings("try")
class ClosingTest extends PoolContract {

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
    occupyOne(pool);
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
  void withoutGraceAWorkerThatOnlyClosesIsNotAbandoned() throws Exception {
    recorder.onClose =
        _ -> {
          boolean _ = new CountDownLatch(1).await(50, MILLISECONDS); // a close takes its time
        };
    var pool = builder().workers(workers + 1).cancelGrace(Duration.ZERO).open();
    CompletableFuture<String> busy = new CompletableFuture<>();
    recorder.track(
        pool.submit(worker -> { // so that the others have not begun to finish at the stop
          busy.complete(worker.toString());
          return release.await(20, SECONDS);
        }));
    String runs = busy.get(20, SECONDS);
    CloseReport report = pool.shutdownNow();
    release.countDown();
    assertTrue(
        report.abandoned().stream().allMatch(one -> one.worker().equals(runs)), report::toString);
    assertEquals(List.of(), report.closeFailures());
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
    assertTrue(
        e.getMessage().contains("; interrupted, it said: java.lang.InterruptedException"),
        e.getMessage());
  }

  @Test
  void openThatIgnoresItsInterruptIsNamedAsOneThatHangs() {
    recorder.onOpen =
        worker -> {
          if (worker.context.index() == 0) {
            PoolBrokenTest.awaitUninterruptibly(release);
          }
        };
    OpenFailedException e =
        assertThrows(
            OpenFailedException.class,
            () -> builder().openTimeout(Duration.ofMillis(100)).cancelGrace(Duration.ZERO).open());
    assertTrue(e.getMessage().contains("; recorder-0 hangs"), e.getMessage());
    release.countDown();
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
  void anOpeningThatThrowsWhatItsResourceThrowsFailsLikeAnyOther() {
    var same = new IOException("one and the same");
    recorder.onOpen =
        worker -> {
          AutoCloseable _ =
              worker.context.own(() -> {
                throw same;
              });
          throw same;
        };
    assertSame(same, assertThrows(OpenFailedException.class, this::open).getCause());
  }

  @Test
  void aReportCanBePrintedWhateverWasThrown() {
    recorder.onClose =
        _ -> {
          throw new IllegalStateException() {
            @Override
            public String getMessage() {
              throw new UnsupportedOperationException("no message");
            }
          };
        };
    var e = assertThrows(PoolCloseException.class, () -> open().close());
    assertEquals(workers, e.report().closeFailures().size());
  }

  @Test
  void whatAWorkerOwnsIsClosedAfterItInReverse() {
    recorder.onOpen =
        worker -> {
          AutoCloseable first = () -> recorder.events.add("first");
          assertSame(first, worker.context.own(first));
          AutoCloseable _ = worker.context.own(() -> recorder.events.add("second"));
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
    assertEquals(List.of(waitingJob), report.notStartedJobs());
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
        abandoned.stack().stream().anyMatch(frame -> frame.getClassName().contains("ClosingTest")));
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
}
