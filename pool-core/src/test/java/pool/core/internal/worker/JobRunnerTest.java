package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.core.Await;
import pool.core.JobContext;
import pool.core.WorkerPool;
import pool.core.internal.batch.Batch;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;
import pool.core.internal.job.Work;

/** The runs of a worker, on the thread of the test. */
@Timeout(60)
class JobRunnerTest {

  private static final Worker<String, String> ECHO = job -> job;

  private final IllegalStateException cause = new IllegalStateException("no");
  private final List<String> ran = new ArrayList<>();
  private final Stoppable worker = new Stoppable();
  private JobContext.Scope scope = JobContext.Scope.NONE; // of what is submitted
  private Threadless pool = pool(builder -> builder);

  private Threadless pool(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    Threadless made = new Threadless(builder -> set.apply(builder.workers(1).context(() -> scope)));
    made.opened(worker);
    return made;
  }

  private WorkerThread<String, String> thread() {
    return pool.thread(0);
  }

  private JobRunner<String, String> runner() {
    return thread().runner();
  }

  @AfterEach
  void noFlagIsLeft() {
    assertFalse(Thread.interrupted());
  }

  private String noted(String job) {
    ran.add(job);
    return job;
  }

  private void assertRests() {
    assertNull(runner().current());
    assertFalse(WorkerCounters.isRun(thread().counters().sequence()));
  }

  /** The worker's, which nobody has started. */
  private boolean wasInterrupted() {
    return thread().thread().isInterrupted();
  }

  // One job

  @Test
  void aJobIsRunAndSettles() {
    JobFuture<String, String> future = pool.submit("job");
    assertNull(
        pool.runNext(job -> {
          assertSame(future, runner().current());
          assertTrue(runner().isRunning());
          assertNull(runner().settled());
          assertTrue(WorkerCounters.isRun(thread().counters().sequence()));
          return job + "!";
        }));
    assertEquals("job!", future.resultNow());
    assertRests();
    assertFalse(runner().isRunning());
    assertEquals(1, thread().counters().runs());
    assertEquals("1 succeeded", pool.stand());
  }

  @Test
  void whatItThrewIsItsFailureAndIsReturned() {
    JobFuture<String, String> future = pool.submit("job");
    assertSame(
        cause,
        pool.runNext(_ -> {
          throw cause;
        }));
    assertSame(cause, future.exceptionNow());
    assertRests();
    assertEquals("1 failed", pool.stand());
    assertEquals(1, thread().counters().failures());
  }

  @Test
  void itFindsNoInterruptFlag() {
    JobFuture<String, String> future = pool.submit("job");
    Work<String, String> work = pool.next();
    Thread.currentThread().interrupt();
    assertNull(runner().run(_ -> "" + Thread.interrupted(), work));
    assertEquals("false", future.resultNow());
  }

  @Test
  void itIsNotRunWhenItHasSettledBefore() {
    JobFuture<String, String> future = pool.submit("job");
    Work<String, String> work = pool.next();
    pool.cancel(future);
    assertSame(work, runner().settled());
    assertNull(runner().run(this::noted, work));
    assertEquals(List.of(), ran);
    assertRests();
    assertEquals(0, thread().counters().runs());
    assertEquals("1 cancelled", pool.stand());
    assertThrows(NullPointerException.class, future::job);
  }

  @Test
  void aRunWhoseJobSettlesMeanwhileEndsInVain() {
    JobFuture<String, String> future = pool.submit("job");
    assertSame(
        cause,
        pool.runNext(_ -> {
          pool.cancel(future);
          assertSame(future, runner().settled());
          assertSame(future, runner().current());
          assertFalse(runner().isRunning());
          Thread.currentThread().interrupt();
          throw cause;
        }));
    assertFalse(Thread.interrupted());
    assertTrue(future.isCancelled());
    assertRests();
    assertNull(runner().settled());
    assertEquals("1 cancelled", pool.stand());
    assertEquals(1, thread().counters().failures());
    assertEquals(0, thread().counters().failed());
    assertNextIsSeenToRun();
  }

  /** What has ended before is counted. */
  private void assertNextIsSeenToRun() {
    var _ = pool.submit("next");
    assertNull(
        pool.runNext(job -> {
          assertEquals("1 running, 1 cancelled", pool.stand());
          return job;
        }));
    assertEquals("1 succeeded, 1 cancelled", pool.stand());
  }

  @Test
  void aFailureInVainIsNoneWhenTheRunReturns() {
    JobFuture<String, String> future = pool.submit("job");
    assertNull(
        pool.runNext(job -> {
          pool.cancel(future);
          return job;
        }));
    assertEquals(0, thread().counters().failures());
  }

  /** By the job, and by what is chained to it. */
  @Test
  void whatIsChangedOfTheThreadIsRestored() {
    Thread of = thread().thread();
    String name = of.getName();
    JobFuture<String, String> future = pool.submit("job");
    var _ =
        future.whenComplete((_, _) -> {
          noted(of.getName());
          of.setName("by what is chained");
        });
    assertNull(
        pool.runNext(job -> {
          of.setName("by the job");
          return job;
        }));
    assertEquals(List.of(name), ran);
    assertEquals(name, of.getName());
  }

  @Test
  void itIsAsItWasWhenTheWorkerHadOpened() {
    Thread of = thread().thread();
    of.setName("by the worker");
    pool.opened(ECHO);
    var _ = pool.submit("job");
    assertNull(
        pool.runNext(job -> {
          of.setName("by the job");
          return job;
        }));
    assertEquals("by the worker", of.getName());
  }

  @Test
  void aSettledRunThatReturnsIsLateNoMore() {
    JobFuture<String, String> future = pool.submit("job");
    assertNull(
        pool.runNext(job -> {
          pool.cancel(future);
          runner().runStop().markLate();
          return job;
        }));
    assertFalse(runner().runStop().isLateFor(0));
  }

  @Test
  void whoWaitsForASettledRunToReturnIsTold() throws Exception {
    pool = pool(builder -> builder.cancelGrace(Duration.ofMinutes(10)));
    JobFuture<String, String> future = pool.submit("job");
    FutureTask<Void> waiting =
        new FutureTask<>(() -> pool.settler.awaitReturn(work -> work == future), null);
    Thread waiter = Thread.ofPlatform().daemon().unstarted(waiting);
    assertNull(
        pool.runNext(job -> {
          pool.cancel(future);
          waiter.start();
          Await.until("it waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
          return job;
        }));
    assertNull(waiting.get(20, TimeUnit.SECONDS));
  }

  // Stopping it

  /** The job is cancelled as it runs, and somebody wants that to end. */
  private void runsAndIsStopped() {
    JobFuture<String, String> future = pool.submit("job");
    Work<String, String> work = pool.next();
    assertSame(future, work);
    assertNull(
        runner()
            .run(
                job -> {
                  pool.cancel(future);
                  runner().stopRun(future);
                  return job;
                },
                work));
  }

  @Test
  void aSettledRunIsStopped() {
    runsAndIsStopped();
    assertEquals(1, worker.cancelled.get());
    assertTrue(wasInterrupted());
    assertTrue(runner().runStop().takeWasStopped());
  }

  @Test
  void aRunThatHasNotSettledIsNotStopped() {
    JobFuture<String, String> future = pool.submit("job");
    JobFuture<String, String> cancelled = pool.submit("cancelled");
    assertNull(
        pool.runNext(job -> {
          runner().stopRun(future);
          return job;
        }));
    assertNull(
        pool.runNext(job -> {
          pool.cancel(cancelled);
          runner().stopRun(future);
          return job;
        }));
    assertRests();
    runner().stopRun(cancelled);
    assertEquals(0, worker.cancelled.get());
    assertFalse(wasInterrupted());
    assertFalse(runner().runStop().wasStopped());
  }

  @Test
  void aWorkerThatOpensIsNotTheOneThatWasStopped() {
    runsAndIsStopped();
    assertTrue(runner().runStop().wasStopped());
    pool.opened(ECHO);
    assertFalse(runner().runStop().wasStopped());
  }

  @Test
  void itsSuccessorHasNothingOfWhatAnAbandonedWorkerRuns() {
    JobFuture<String, String> future = pool.submit("job");
    assertNull(
        pool.runNext(job -> {
          pool.cancel(future);
          try (var _ = pool.base.hold()) {
            thread().abandon();
          }
          assertSame(future, runner().current());
          return job;
        }));
    assertRests();
  }

  // In a context

  @Test
  void aJobRunsInItsContextAndWhatIsChainedToItToo() {
    scope =
        body -> {
          noted("begins");
          body.run();
          noted("ends");
        };
    JobFuture<String, String> future = pool.submit("job");
    var _ = future.whenComplete((_, _) -> noted("chained"));
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("begins", "job", "chained", "ends"), ran);
    assertEquals("job", future.resultNow());
    assertRests();
    assertEquals(1, thread().counters().runs());
  }

  @Test
  void whatAJobThrowsInItsContextIsItsFailureAndIsReturned() {
    scope = body -> body.run();
    JobFuture<String, String> future = pool.submit("job");
    assertSame(
        cause,
        pool.runNext(_ -> {
          throw cause;
        }));
    assertSame(cause, future.exceptionNow());
  }

  @Test
  void whatAContextThrowsIsThrownByTheJob() {
    scope =
        _ -> {
          thread().thread().setName("by the context");
          throw cause;
        };
    String name = thread().thread().getName();
    JobFuture<String, String> future = pool.submit("job");
    assertSame(cause, pool.runNext(this::noted));
    assertEquals(List.of(), ran);
    assertSame(cause, future.exceptionNow());
    assertRests();
    assertEquals(1, thread().counters().runs());
    assertEquals(name, thread().thread().getName());
    assertEquals("1 failed", pool.stand());
  }

  @Test
  void aJobThatHasSettledDoesNotEnterItsContext() {
    scope =
        body -> {
          noted("begins");
          body.run();
        };
    JobFuture<String, String> future = pool.submit("job");
    Work<String, String> work = pool.next();
    pool.cancel(future);
    assertNull(runner().run(this::noted, work));
    assertEquals(List.of(), ran);
    assertRests();
    assertPlainRunIsStopped();
  }

  @Test
  void onceARunInAContextHasReturnedTheNextIsStoppedInItsWorker() {
    scope = body -> body.run();
    var _ = pool.submit("in a context");
    assertNull(pool.runNext(ECHO));
    assertPlainRunIsStopped();
  }

  @Test
  void onceAContextHasThrownTheNextIsStoppedInItsWorker() {
    scope =
        _ -> {
          throw cause;
        };
    var _ = pool.submit("in a context");
    assertSame(cause, pool.runNext(ECHO));
    assertPlainRunIsStopped();
  }

  /** The worker, and not only the context of the run before. */
  private void assertPlainRunIsStopped() {
    int before = worker.cancelled.get();
    scope = JobContext.Scope.NONE;
    runsAndIsStopped();
    assertEquals(before + 1, worker.cancelled.get());
  }

  // A bulk call

  @Test
  void aWorkerGoesThroughABulkCall() throws Exception {
    BulkCall<String, String> bulk = pool.map(true, "a", "b", "c");
    assertNull(
        pool.runNext(job -> {
          assertSame(bulk, runner().current());
          return noted(job);
        }));
    assertEquals(List.of("a", "b", "c"), ran);
    assertArrayEquals(new Object[] {"a", "b", "c"}, bulk.outcomes().inOrder());
    pool.assertEnded(bulk);
    assertRests();
    assertEquals(3, thread().counters().runs());
    assertEquals("3 succeeded", pool.stand());
  }

  @Test
  void eachJobOfABulkCallFindsNoInterruptFlag() {
    var _ = pool.map(false, "a", "b");
    assertNull(
        pool.runNext(job -> {
          noted(job + Thread.interrupted());
          Thread.currentThread().interrupt();
          return job;
        }));
    assertEquals(List.of("afalse", "bfalse"), ran);
    assertTrue(Thread.interrupted()); // of what it does next the first thing is to clear that
  }

  @Test
  void itLeavesItWhenThePoolIsPaused() {
    var _ = pool.map(false, "a", "b", "c");
    assertNull(
        pool.runNext(job -> {
          try (var _ = pool.base.hold()) {
            assertTrue(pool.delayed.pauseUntil(System.nanoTime() + Duration.ofHours(1).toNanos()));
          }
          return noted(job);
        }));
    assertEquals(List.of("a"), ran);
    assertRests();
    assertEquals("2 queued, 1 succeeded", pool.stand());
  }

  @Test
  void itLeavesItWhenItHasDoneAsMuchAsItMay() {
    pool = pool(builder -> builder.maxJobsPerWorker(2));
    var _ = pool.map(false, "a", "b", "c", "d", "e");
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("a", "b"), ran);
  }

  @Test
  void itLeavesItForOtherWork() {
    var _ = pool.map(false, "a", "b", "c");
    assertNull(
        pool.runNext(job -> {
          if (job.equals("a")) {
            var _ = pool.submit("other");
          }
          return noted(job);
        }));
    assertEquals(List.of("a"), ran);
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("a", "other"), ran);
  }

  @Test
  void itDoesNotLookForOtherWorkAfterEachJobWhenTheyAreShort() {
    var _ = pool.map(false, "a", "b", "c");
    assertNull(
        pool.runNext(job -> {
          if (job.equals("a")) {
            runsWereShort();
            var _ = pool.submit("other");
          }
          return noted(job);
        }));
    assertEquals(List.of("a", "b", "c"), ran);
  }

  private void runsWereShort() {
    for (int look = 0; look < 5; look++) {
      for (int run = 0; run < 10_000; run++) { // for which 0.1 s would be short
        thread().counters().runReturned();
        thread().counters().runBegins();
      }
      int _ = thread().claimSize().sampleClock();
    }
  }

  @Test
  void aJobOfABulkCallThatFailsLeavesTheOthers() throws Exception {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    assertSame(
        cause,
        pool.runNext(_ -> {
          throw cause;
        }));
    assertRests();
    assertEquals(1, thread().counters().failures());
    assertEquals("1 queued, 1 failed", pool.stand());
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("b"), ran);
    pool.assertEnded(bulk);
    assertEquals("1 succeeded, 1 failed", pool.stand());
  }

  @Test
  void aJobOfABulkCallThatIsToBeRunLaterWaits() {
    var _ = pool.map(false, "a");
    RetryLaterException later = new RetryLaterException(Duration.ofHours(1));
    assertSame(
        later,
        pool.runNext(_ -> {
          throw later;
        }));
    assertRests();
    assertEquals("1 queued", pool.stand());
  }

  @Test
  void aJobOfABulkCallThatSettlesMeanwhileEndsInVain() throws Exception {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    assertSame(
        cause,
        pool.runNext(_ -> {
          try (var _ = pool.base.hold()) {
            assertTrue(bulk.cancelRun(0));
            pool.counters.countCancelled();
          }
          Thread.currentThread().interrupt();
          throw cause;
        }));
    assertFalse(Thread.interrupted());
    assertRests();
    assertEquals(1, thread().counters().failures());
    assertEquals("1 queued, 1 cancelled", pool.stand());
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("b"), ran);
    pool.assertEnded(bulk);
  }

  /** Who has failed it had no memory to end the bulk call. */
  @Test
  void itEndsABulkCallThatAFailureStopsAsItLeavesIt() throws Exception {
    BulkCall<String, String> bulk = pool.map(true, "a", "b");
    assertNull(
        pool.runNext(job -> {
          try (var _ = pool.base.hold()) {
            assertTrue(bulk.timeOutRun(0, () -> true, cause));
            pool.counters.countFailed();
          }
          assertSame(bulk, runner().settled());
          return job;
        }));
    pool.assertEnded(bulk);
    assertEquals("1 failed, 1 not started", pool.stand());
  }

  @Test
  void theShareOfAnAbandonedWorkerIsFree() {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    assertNull(
        pool.runNext(job -> {
          try (var _ = pool.base.hold()) {
            assertTrue(bulk.cancelRun(0));
            thread().abandon();
          }
          assertNull(runner().current());
          assertTrue(bulk.position(0) < 0);
          return noted(job);
        }));
    assertEquals(List.of("a"), ran);
    assertEquals(1, bulk.unstarted(0));
  }

  @Test
  void aJobOfABulkCallThatHasSettledBeforeIsNotRun() {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    Work<String, String> work = pool.next();
    try (var _ = pool.base.hold()) {
      assertTrue(bulk.cancelRun(0));
    }
    assertNull(runner().run(this::noted, work));
    assertEquals(List.of(), ran);
    assertEquals(0, thread().counters().runs());
    assertRests();
  }

  @Test
  void eachJobOfABulkCallRunsInItsContext() throws Exception {
    scope =
        body -> {
          noted("begins");
          body.run();
          noted("ends");
        };
    BulkCall<String, String> bulk = pool.map(true, "a", "b");
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("begins", "a", "ends", "begins", "b", "ends"), ran);
    assertArrayEquals(new Object[] {"a", "b"}, bulk.outcomes().inOrder());
    pool.assertEnded(bulk);
    assertPlainRunIsStopped();
  }

  @Test
  void itRestoresTheThreadAfterEachJobOfABulkCall() {
    String name = thread().thread().getName();
    var _ = pool.map(false, "a", "b");
    assertNull(
        pool.runNext(job -> {
          noted(thread().thread().getName());
          thread().thread().setName("by the job");
          return job;
        }));
    assertEquals(List.of(name, name), ran);
    assertEquals(name, thread().thread().getName());
  }

  // A batch

  /** The worker does several jobs together, from now on. */
  private BatchWorker<String, String> batches(BatchWorker<String, String> several) {
    BatchWorker<String, String> stoppable =
        new BatchWorker<>() {
          @Override
          public void runAll(List<String> jobs, Results<String> results) throws Exception {
            several.runAll(jobs, results);
          }

          @Override
          public void cancel() {
            worker.cancel();
          }

          @Override
          public void close() {}
        };
    pool.opened(stoppable);
    return stoppable;
  }

  private static void tellAll(List<String> jobs, BatchWorker.Results<String> results) {
    for (int i = 0; i < jobs.size(); i++) {
      results.succeeded(i, jobs.get(i));
    }
  }

  @Test
  void whatWaitsIsDoneTogether() {
    List<JobFuture<String, String>> futures = List.of(pool.submit("a"), pool.submit("b"));
    BatchWorker<String, String> several =
        batches((jobs, results) -> {
          assertEquals(futures, runner().current().parts());
          tellAll(jobs, results);
          Thread.currentThread().interrupt();
        });
    assertNull(pool.runNext(several));
    assertFalse(Thread.interrupted());
    assertEquals(List.of("a", "b"), futures.stream().map(JobFuture::resultNow).toList());
    assertRests();
    assertEquals("2 succeeded", pool.stand());
    assertEquals(2, thread().counters().jobs());
    thread().counters().jobStarted();
    thread().counters().jobStarted();
    assertEquals(3, thread().counters().snapshot().started(), "it does no batch any more");
  }

  @Test
  void whatABatchThrewIsReturned() {
    JobFuture<String, String> future = pool.submit("a");
    BatchWorker<String, String> several =
        batches((_, _) -> {
          throw cause;
        });
    assertSame(cause, pool.runNext(several));
    assertSame(cause, future.exceptionNow());
    assertRests();
  }

  @Test
  void jobsOfABatchThatWasRolledBackDoNotCountAsDone() {
    var _ = pool.submit("a");
    var _ = pool.submit("b");
    BatchRolledBackException rolledBack = new BatchRolledBackException(cause);
    BatchWorker<String, String> several =
        batches((_, _) -> {
          throw rolledBack;
        });
    assertSame(rolledBack, pool.runNext(several));
    assertEquals(0, thread().counters().jobs());
    assertEquals("2 queued", pool.stand());
  }

  @Test
  void jobsOfABatchThatBrokeTheWorkerCountAsDoneOnlyIfTheyDoNotWaitAgain() {
    pool = pool(builder -> builder.maxAttempts(2));
    JobFuture<String, String> told = pool.submit("a");
    var _ = pool.submit("b");
    WorkerBrokenException broken = new WorkerBrokenException("broken", cause);
    BatchWorker<String, String> several =
        batches((_, results) -> {
          results.succeeded(0, "a");
          throw broken;
        });
    assertSame(broken, pool.runNext(several));
    assertEquals("a", told.resultNow());
    assertEquals(1, thread().counters().jobs());
    assertEquals("1 queued, 1 succeeded", pool.stand());
  }

  @Test
  void aJobThatWaitsBehindOneOfItsKeyDoesNotCountAsDone() {
    pool = pool(builder -> builder.maxRetries(3));
    var _ = pool.queue.submit("a", 7);
    var _ = pool.queue.submit("b", 7);
    BatchWorker<String, String> several =
        batches((_, results) -> results.failed(0, new RetryLaterException(Duration.ofHours(1))));
    assertNull(pool.runNext(several));
    assertEquals(1, thread().counters().jobs());
    assertEquals("2 queued", pool.stand());
  }

  @Test
  void onceABatchInAContextHasReturnedTheNextIsStoppedInItsWorker() {
    scope = body -> body.run();
    List<JobFuture<String, String>> stopped = new ArrayList<>();
    BatchWorker<String, String> several =
        batches((jobs, results) -> {
          if (!stopped.isEmpty()) {
            pool.cancel(stopped.getFirst());
            runner().stopRun(runner().current());
          } else {
            tellAll(jobs, results);
          }
        });
    JobFuture<String, String> within = pool.submit("a");
    assertNull(pool.runNext(several));
    assertEquals("a", within.resultNow());
    scope = JobContext.Scope.NONE;
    stopped.add(pool.submit("stopped"));
    assertNull(pool.runNext(several));
    assertEquals(1, worker.cancelled.get());
  }

  @Test
  void aWorkerThatOpensDoesJobsOneByOneAgain() {
    var _ = batches(JobRunnerTest::tellAll);
    pool.opened(worker);
    var _ = pool.submit("a");
    var _ = pool.submit("b");
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("a"), ran);
  }

  // The last resort

  @Test
  void whenItIsGivenUpItsJobFails() {
    JobFuture<String, String> future = pool.submit("job");
    assertSame(future, pool.next());
    thread().counters().runBegins();
    Thread.currentThread().interrupt();
    String name = thread().thread().getName();
    thread().thread().setName("by the job");
    runner().giveUp(cause);
    assertFalse(Thread.interrupted());
    assertEquals(name, thread().thread().getName());
    assertSame(cause, future.exceptionNow());
    assertRests();
    assertEquals(1, thread().counters().runs());
    assertEquals("1 failed", pool.stand());
    Thread.currentThread().interrupt();
    runner().giveUp(cause);
    assertFalse(Thread.interrupted());
    assertEquals(1, thread().counters().runs());
    assertEquals("1 failed", pool.stand());
  }

  @Test
  void whenItIsGivenUpBeforeItsRunBeganItsJobFailsToo() {
    JobFuture<String, String> future = pool.submit("job");
    assertSame(future, pool.next());
    runner().giveUp(cause);
    assertSame(cause, future.exceptionNow());
    assertRests();
    assertEquals(0, thread().counters().runs());
  }

  @Test
  void whenItIsGivenUpAJobThatHadSettledIsLetGoOf() {
    JobFuture<String, String> future = pool.submit("job");
    assertSame(future, pool.next());
    thread().counters().runBegins();
    pool.cancel(future);
    runner().runStop().markLate();
    runner().giveUp(cause);
    assertTrue(future.isCancelled());
    assertThrows(NullPointerException.class, future::job);
    assertRests();
    assertFalse(runner().runStop().isLateFor(0));
    assertNextIsSeenToRun();
  }

  /** Whoever has ended it is to complete it, and knows the job. */
  @Test
  void whenItIsGivenUpAJobWhoseRunHasEndedIsLeftAlone() {
    JobFuture<String, String> future = pool.submit("job");
    assertSame(future, pool.next());
    assertTrue(future.endRun(0, JobState.SUCCEEDED));
    runner().runStop().markLate();
    runner().giveUp(cause);
    assertFalse(future.isDone());
    assertEquals("job", future.job());
    assertRests();
    assertFalse(runner().runStop().isLateFor(0));
  }

  @Test
  void whenItIsGivenUpItsJobOfABulkCallFailsAndTheOthersGoOn() throws Exception {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    assertSame(bulk, pool.next());
    thread().counters().runBegins();
    runner().giveUp(cause);
    assertRests();
    assertEquals("1 queued, 1 failed", pool.stand());
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("b"), ran);
    pool.assertEnded(bulk);
    assertEquals("1 succeeded, 1 failed", pool.stand());
  }

  @Test
  void whenItIsGivenUpAJobOfABulkCallThatHadSettledIsLetGoOf() throws Exception {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    assertSame(bulk, pool.next());
    thread().counters().runBegins();
    try (var _ = pool.base.hold()) {
      assertTrue(bulk.cancelRun(0));
      pool.counters.countCancelled();
    }
    runner().giveUp(cause);
    assertRests();
    assertEquals(0, thread().counters().failures());
    assertEquals("1 queued, 1 cancelled", pool.stand());
    assertNull(pool.runNext(this::noted));
    assertEquals(List.of("b"), ran);
    pool.assertEnded(bulk);
  }

  @Test
  void whenItIsGivenUpABulkCallOfWhichNothingIsLeftEnds() throws Exception {
    BulkCall<String, String> bulk = pool.map(false, "a");
    assertSame(bulk, pool.next());
    try (var _ = pool.base.hold()) {
      assertTrue(bulk.cancelRun(0));
    }
    runner().giveUp(cause);
    pool.assertEnded(bulk);
  }

  @Test
  void whenItIsGivenUpAllJobsOfItsBatchFailThatHadNotSettled() {
    JobFuture<String, String> first = pool.submit("a");
    JobFuture<String, String> cancelled = pool.submit("b");
    JobFuture<String, String> last = pool.submit("c");
    Batch<String, String> batch = pool.nextBatch();
    assertSame(batch, runner().current());
    thread().counters().runBegins();
    pool.cancel(cancelled);
    runner().giveUp(cause);
    assertSame(cause, first.exceptionNow());
    assertTrue(cancelled.isCancelled());
    assertSame(cause, last.exceptionNow());
    assertRests();
    assertEquals("2 failed, 1 cancelled", pool.stand());
    assertThrows(NullPointerException.class, cancelled::job);
  }

  @Test
  void whenItIsGivenUpInAContextTheNextRunIsStoppedInItsWorker() {
    var _ = pool.submit("job");
    var _ = pool.next();
    runner().runStop().beginContext();
    runner().giveUp(cause);
    assertPlainRunIsStopped();
  }
}
