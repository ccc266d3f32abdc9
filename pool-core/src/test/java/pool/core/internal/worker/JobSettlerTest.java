package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.core.Await;
import pool.core.Distribution;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;
import pool.core.WorkerPool;
import pool.core.internal.batch.Batch;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;
import pool.core.internal.job.Work;
import pool.core.internal.util.TaskList;

/** Who settles a job otherwise than by its run, step by step: two workers run what a test says. */
@Timeout(60)
class JobSettlerTest {

  private static final Worker<String, String> ECHO = job -> job;
  private static final int MANY = 10_000; // more than are settled at a time

  private final IllegalStateException broke = new IllegalStateException("it broke its worker");
  private final PoolBrokenException broken = new PoolBrokenException("nobody is left", null);
  private Threadless pool = pool(builder -> builder);

  private static Threadless pool(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    return new Threadless(
        builder -> set.apply(builder.workers(2).queueCapacity(2 * MANY).maxAttempts(2)));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    pool.helperExecutor.close();
    pool.helperExecutor.awaitEnd(System.nanoTime());
    Await.noThreadOf("echo");
  }

  private JobSettler<String, String> settler() {
    return pool.settler;
  }

  private WorkerThread<String, String> worker(int slot) {
    return pool.thread(slot);
  }

  /** A worker has started its next job, and runs it. */
  private Work<String, String> runs(int slot) {
    Work<String, String> work = Objects.requireNonNull(pool.dispatcher.next(worker(slot)));
    worker(slot).counters().runBegins();
    return work;
  }

  private JobFuture<String, String> running(int slot, String job) {
    JobFuture<String, String> future = pool.submit(job);
    assertSame(future, runs(slot));
    return future;
  }

  private void beginClosing() {
    pool.underLock(() -> assertTrue(pool.base.life().beginClosing()));
  }

  private void breaks() {
    pool.underLock(() -> pool.base.life().breaks(broken));
  }

  private void noteBroken(JobFuture<String, String> future) {
    assertTrue(pool.attempts.noteBroken(future, broke));
  }

  private List<JobFuture<String, String>> submit(int jobs) {
    return IntStream.range(0, jobs).mapToObj(i -> pool.submit("" + i)).toList();
  }

  /** The failure of each, once it is completed. */
  private static List<Throwable> failures(Stream<JobFuture<String, String>> futures) {
    return futures
        .map(future -> {
          Await.until("it is completed", future::isDone);
          return future.exceptionNow();
        })
        .distinct()
        .toList();
  }

  // The run itself

  @Test
  void aRunThatSucceedsForgetsWhatBrokeWorkersAndLeavesNoFlagToWhatIsChained() {
    JobFuture<String, String> future = running(0, "job");
    noteBroken(future);
    List<Boolean> flags = new ArrayList<>();
    var _ = future.thenRun(() -> flags.add(Thread.currentThread().isInterrupted()));
    Thread.currentThread().interrupt();
    assertTrue(settler().settleRun(worker(0), future, "result", null));
    assertEquals(List.of(false), flags);
    assertEquals("result", future.resultNow());
    assertFalse(pool.attempts.hasBroken(future));
    assertEquals("1 succeeded", pool.stand());
    assertThrows(NullPointerException.class, future::job);
    assertFalse(settler().settleRun(worker(0), future, "again", null));
    assertEquals("1 succeeded", pool.stand());
  }

  @Test
  void theLastRunOfAPoolThatClosesDrainsIt() {
    JobFuture<String, String> first = running(0, "a");
    JobFuture<String, String> last = running(1, "b");
    beginClosing();
    assertTrue(settler().settleRun(worker(0), first, null, broke));
    assertFalse(pool.base.life().isDrained());
    assertTrue(settler().settleRun(worker(1), last, "b", null));
    assertTrue(pool.base.life().isDrained());
    assertEquals("1 succeeded, 1 failed", pool.stand());
  }

  // Owners

  @Test
  void aWaitingJobIsCancelledAndItsOwnerIsToCompleteIt() {
    JobFuture<String, String> future = pool.submit("job");
    noteBroken(future);
    assertTrue(settler().settleCancelled(future, true));
    assertFalse(future.isDone());
    assertSame(future, pool.unpublished.first());
    assertFalse(pool.attempts.hasBroken(future));
    assertThrows(NullPointerException.class, future::job);
    assertEquals("1 cancelled", pool.stand());
    assertEquals(1, pool.queue.settledWaiting());
    assertFalse(settler().settleCancelled(future, true));
    assertSame(future, pool.unpublished.first());
    assertEquals("1 cancelled", pool.stand());
  }

  @Test
  void aJobThatHasSettledIsNotCancelled() {
    JobFuture<String, String> future = running(0, "job");
    assertTrue(future.endRun(0, JobState.SUCCEEDED)); // and is about to be completed
    assertFalse(settler().settleCancelled(future, true));
    assertNull(pool.unpublished.first());
    assertEquals("1 running", pool.stand());
  }

  @Test
  void theLastJobOfAPoolThatClosesDrainsItWhenItIsCancelled() {
    JobFuture<String, String> future = pool.submit("job");
    beginClosing();
    assertTrue(settler().settleCancelled(future, false));
    assertTrue(pool.base.life().isDrained());
  }

  @Test
  void theRunOfACancelledJobIsStoppedIfThatIsWanted() {
    Stoppable worker = new Stoppable();
    pool.opened(worker);
    JobFuture<String, String> goesOn = running(0, "a");
    assertTrue(settler().settleCancelled(goesOn, false));
    pool.underLock(() -> worker(0).runner().runIsOver(goesOn));
    worker(0).counters().runReturned();
    JobFuture<String, String> stopped = running(0, "b");
    assertTrue(settler().settleCancelled(stopped, true));
    assertTrue(stopped.isSettled());
    Await.until("it is stopped", () -> worker.cancelled.get() > 0);
    assertEquals(1, worker.cancelled.get());
    assertEquals("2 cancelled", pool.stand());
  }

  @Test
  void aBatchIsStoppedOnceAllItsJobsAreCancelledAndSomebodyWantsThat() {
    Stoppable worker = new Stoppable();
    pool.opened(worker);
    List<JobFuture<String, String>> futures = submit(2);
    Batch<String, String> batch = pool.nextBatch();
    worker(0).counters().runBegins();
    assertEquals(futures, batch.parts());
    assertTrue(settler().settleCancelled(futures.getFirst(), true));
    assertTrue(batch.isStopWanted());
    assertTrue(settler().settleCancelled(futures.getLast(), false));
    Await.until("it is stopped", () -> worker.cancelled.get() > 0);
    assertFalse(batch.beginsStop(), "it has begun");
    assertEquals("2 cancelled", pool.stand());
  }

  @Test
  void whetherTheRunThatSettledAJobIsUnderWayIsKnown() {
    JobFuture<String, String> waiting = pool.submit("waiting");
    assertFalse(settler().isOnStack(waiting));
    assertSame(waiting, runs(0));
    JobFuture<String, String> other = running(1, "other");
    assertTrue(settler().isOnStack(waiting));
    assertTrue(settler().settleRun(worker(0), waiting, "result", null));
    assertTrue(settler().isOnStack(waiting));
    pool.underLock(() -> worker(0).runner().runIsOver(waiting));
    assertFalse(settler().isOnStack(waiting));
    assertTrue(settler().isOnStack(other));
  }

  @Test
  void whoWaitsForTheReturnOfSettledRunsWaitsForTheGraceAtMost() {
    Duration grace = Duration.ofSeconds(2);
    pool = pool(builder -> builder.cancelGrace(grace));
    JobFuture<String, String> future = running(0, "job");
    long began = System.nanoTime();
    settler().awaitReturn(work -> work.equals(future)); // it has not settled
    assertTrue(settler().settleCancelled(future, false));
    settler().awaitReturn(work -> !work.equals(future));
    assertTrue(System.nanoTime() - began < grace.toNanos());
    pool.helperExecutor.close();
    pool = pool(builder -> builder.cancelGrace(Duration.ofMillis(20)));
    JobFuture<String, String> hangs = running(0, "job");
    assertTrue(settler().settleCancelled(hangs, false));
    Thread.currentThread().interrupt();
    began = System.nanoTime();
    settler().awaitReturn(work -> work.equals(hangs));
    assertTrue(System.nanoTime() - began >= 20_000_000);
    assertTrue(Thread.interrupted());
  }

  // The supervisor

  private static String timedOut(Throwable failure) {
    return assertInstanceOf(TimeoutException.class, failure).getMessage();
  }

  @Test
  void theRunsThatAreMeantTimeOut() {
    pool = pool(builder -> builder.jobTimeout(Duration.ofHours(1)));
    JobFuture<String, String> first = running(0, "a");
    JobFuture<String, String> second = running(1, "b");
    noteBroken(second);
    TaskList toStop = new TaskList();
    settler().timeOut(new long[] {0, worker(1).counters().sequence() + 2}, toStop);
    assertEquals(0, toStop.size(), "that run has returned");
    settler().timeOut(new long[] {0, worker(1).counters().sequence()}, toStop);
    assertEquals(1, toStop.size());
    assertEquals(
        "the job ran longer than jobTimeout, PT1H, on echo-1",
        timedOut(failures(Stream.of(second)).getFirst()));
    assertFalse(pool.attempts.hasBroken(second));
    assertFalse(first.isSettled());
    assertFalse(worker(0).runner().runStop().isLateFor(0));
    assertEquals("1 running, 1 failed", pool.stand());
  }

  @Test
  void aRunIsToBeStoppedThoughSomebodyHasSettledItsJobBefore() {
    JobFuture<String, String> future = running(0, "job");
    assertTrue(settler().settleCancelled(future, false));
    TaskList toStop = new TaskList();
    settler().timeOut(new long[] {worker(0).counters().sequence(), 0}, toStop);
    assertEquals(1, toStop.size());
    assertEquals("1 cancelled", pool.stand());
    settler().timeOut(new long[] {worker(0).counters().sequence() + 2, 7}, toStop);
    assertEquals(1, toStop.size());
  }

  @Test
  void allOfACrowdTimeOut() {
    int workers = 300;
    pool = pool(builder -> builder.workers(workers));
    List<JobFuture<String, String>> futures = new ArrayList<>();
    long[] numbers = new long[workers];
    for (int slot : new int[] {0, 127, 128, workers - 1}) {
      futures.add(running(slot, "job"));
      numbers[slot] = worker(slot).counters().sequence();
    }
    TaskList toStop = new TaskList();
    settler().timeOut(numbers, toStop);
    assertEquals(4, toStop.size());
    assertEquals("4 failed", pool.stand());
    assertEquals(4, failures(futures.stream()).size());
  }

  @Test
  void aTimeOutEndsABulkCallThatStopsAtAFailure() throws Exception {
    BulkCall<String, String> bulk = pool.map(true, "a", "b", "c");
    assertSame(bulk, runs(0));
    settler().timeOut(new long[] {worker(0).counters().sequence(), 0}, new TaskList());
    pool.assertEnded(bulk);
    assertEquals("1 failed, 2 not started", pool.stand());
  }

  @Test
  void runsAreStoppedOnAThreadOfTheirOwn() {
    List<String> stopped = Collections.synchronizedList(new ArrayList<>());
    TaskList runs = new TaskList();
    runs.add(() -> stopped.add("one"));
    assertTrue(settler().stopRuns(runs));
    Await.until("it is stopped", () -> stopped.equals(List.of("one")));
  }

  // Bulk calls

  @Test
  void aBulkCallThatIsAbortedStartsNothingAndStopsWhatRuns() throws Exception {
    Stoppable worker = new Stoppable();
    pool.opened(worker);
    BulkCall<String, String> bulk = pool.map(false, "a", "b", "c", "d");
    assertSame(bulk, runs(0));
    assertNull(worker(1).runner().current());
    JobFuture<String, String> other = pool.submit("other");
    settler().abort(bulk);
    Await.until("its run is stopped", () -> worker.cancelled.get() > 0);
    assertEquals("1 queued, 1 cancelled, 3 not started", pool.stand());
    assertTrue(other.isWaiting());
    pool.assertEnded(bulk);
  }

  /** A job of a bulk call whose run failed so waits on its own. */
  private BulkCall<String, String> withOneThatWaits(Throwable failure) {
    BulkCall<String, String> bulk = pool.map(false, "a");
    Throwable thrown =
        pool.runNext(_ -> {
          if (failure instanceof Exception exception) {
            throw exception;
          }
          throw (Error) failure;
        });
    assertSame(failure, thrown);
    assertEquals(1, bulk.places().size());
    assertEquals("1 queued", pool.stand());
    return bulk;
  }

  @Test
  void aJobThatWaitsForItsNextTryIsNotStartedWhenItsCallIsAborted() throws Exception {
    pool = pool(builder -> builder.maxRetries(3));
    BulkCall<String, String> bulk = withOneThatWaits(new RetryLaterException(Duration.ofHours(1)));
    settler().abort(bulk);
    assertEquals("1 not started", pool.stand());
    pool.assertEnded(bulk);
    assertEquals(List.of(), bulk.places());
  }

  @Test
  void aJobThatBrokeItsWorkerFailsWithThatWhenItsCallIsAborted() throws Exception {
    WorkerBrokenException failure = new WorkerBrokenException("broken");
    BulkCall<String, String> bulk = withOneThatWaits(failure);
    settler().abort(bulk);
    assertEquals("1 failed", pool.stand());
    pool.assertEnded(bulk);
    assertSame(failure, bulk.outcomes().failure());
  }

  @Test
  void aJobThatRunsInABatchIsCancelledAndStoppedWhenItsCallIsAborted() throws Exception {
    Stoppable worker = new Stoppable();
    pool.opened(worker);
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    Batch<String, String> batch = pool.nextBatch();
    worker(0).counters().runBegins();
    int size = batch.parts().size();
    settler().abort(bulk);
    Await.until("it is stopped", () -> worker.cancelled.get() > 0);
    assertEquals(size, pool.counts().cancelled());
    assertEquals(2 - size, pool.counts().notStarted());
    pool.assertEnded(bulk);
    settler().abort(bulk);
    assertEquals(size, pool.counts().cancelled());
  }

  // Nobody is left

  @Test
  void allThatWaitsFailsWhileThePoolIsBrokenByThat() {
    List<JobFuture<String, String>> futures = submit(MANY);
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    JobFuture<String, String> keyed = pool.queue.submit("keyed", 7);
    settler().failAllWaiting(broken);
    assertFalse(keyed.isSettled(), "one has opened meanwhile");
    breaks();
    settler().failAllWaiting(broken);
    assertEquals(MANY + 3, pool.counts().failed());
    assertEquals(List.of(broken), failures(Stream.concat(futures.stream(), Stream.of(keyed))));
    assertSame(broken, bulk.outcomes().brokenBy());
  }

  @Test
  void aJobThatHasBrokenAWorkerFailsWithThat() {
    JobFuture<String, String> future = pool.submit("job");
    noteBroken(future);
    breaks();
    settler().failAllWaiting(broken);
    assertEquals(List.of(broke), failures(Stream.of(future)));
    assertFalse(pool.attempts.hasBroken(future));
    assertThrows(NullPointerException.class, future::job);
    assertEquals(1, pool.queue.settledWaiting());
  }

  @Test
  void whatAWorkerHasTakenAndNotStartedFailsToo() {
    JobFuture<String, String> future = pool.submit("job");
    assertEquals(1, pool.queue.take(worker(0).claimed(), 1));
    breaks();
    settler().failAllWaiting(broken);
    assertEquals(List.of(broken), failures(Stream.of(future)));
  }

  @Test
  void whatWaitsForASlotThatStaysEmptyFails() {
    pool = pool(builder -> builder.distribution(Distribution.EVEN));
    List<JobFuture<String, String>> dealt = submit(2 * MANY - 2);
    BulkCall<String, String> bulk = pool.map(false, "a", "b", "c");
    settler().failWaitingFor(pool.slots.get(1), broken);
    assertEquals(MANY, pool.counts().failed());
    assertEquals(MANY + 1, pool.counts().queued());
    assertEquals(
        List.of(broken),
        failures(IntStream.range(0, dealt.size()).filter(i -> i % 2 == 1).mapToObj(dealt::get)));
    assertTrue(dealt.getFirst().isWaiting());
    assertEquals(2, bulk.unstarted(0));
    assertEquals(0, bulk.unstarted(1));
  }

  @Test
  void ofASharedCallNothingWaitsForOneSlot() {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    settler().failWaitingFor(pool.slots.get(1), broken);
    assertEquals(2, bulk.tally().unstarted());
    assertEquals("2 queued", pool.stand());
  }

  @Test
  void whatIsAwaitedInVainFails() throws Exception {
    pool = pool(builder -> builder.maxRetries(3));
    BulkCall<String, String> later = withOneThatWaits(new RetryLaterException(Duration.ofHours(1)));
    BulkCall<String, String> unstarted = pool.map(false, "b", "c");
    JobFuture<String, String> awaited = pool.submit("awaited");
    JobFuture<String, String> other = pool.submit("other");
    settler().failAwaited(List.of(awaited), List.of(later, unstarted), broken);
    assertEquals(List.of(broken), failures(Stream.of(awaited)));
    assertTrue(other.isWaiting());
    Await.until("its place is completed", () -> later.places().isEmpty());
    pool.assertEnded(later);
    pool.assertEnded(unstarted);
    assertSame(broken, unstarted.outcomes().brokenBy());
    assertEquals("1 queued, 4 failed", pool.stand());
  }

  // Closing

  private boolean stopAll() {
    return settler().stopAll(() -> pool.base.life().stop());
  }

  @Test
  void aStopStartsNothingMoreAndCancelsWhatRuns() {
    Stoppable worker = new Stoppable();
    pool.opened(worker);
    JobFuture<String, String> runs = running(0, "runs");
    noteBroken(runs);
    List<JobFuture<String, String>> futures = submit(MANY);
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    pool.base.report().keepCancelledJobs(2);
    beginClosing();
    assertTrue(stopAll());
    assertFalse(stopAll(), "it was before");
    Throwable cause = failures(futures.stream()).getFirst();
    assertEquals(
        "pool 'echo' is closing: the job was not started",
        assertInstanceOf(PoolClosedException.class, cause).getMessage());
    Await.until("it is completed", runs::isDone);
    assertTrue(runs.isCancelled());
    assertFalse(pool.attempts.hasBroken(runs));
    Await.until("it is stopped", () -> worker.cancelled.get() > 0);
    assertEquals("1 cancelled, " + (MANY + 2) + " not started", pool.stand());
    List<Object> notStarted = pool.base.report().notStartedJobs();
    assertEquals(MANY + 2, notStarted.size());
    assertEquals(List.of("a", "b"), notStarted.subList(0, 2));
    assertEquals(List.of("runs"), pool.base.report().takeCancelledJobs());
    assertEquals(0, bulk.tally().unstarted());
  }

  /** Its owner let it run on. */
  @Test
  void aStopEndsARunWhoseJobWasCancelledBefore() {
    Stoppable worker = new Stoppable();
    pool.opened(worker);
    JobFuture<String, String> future = running(0, "job");
    assertTrue(settler().settleCancelled(future, false));
    beginClosing();
    assertTrue(stopAll());
    Await.until("it is stopped", () -> worker.cancelled.get() > 0);
    assertEquals("1 cancelled", pool.stand());
  }

  @Test
  void aJobThatHasBrokenAWorkerFailsWithThatWhenItIsNotStartedAgain() {
    JobFuture<String, String> future = pool.submit("job");
    noteBroken(future);
    beginClosing();
    assertTrue(stopAll());
    assertEquals(List.of(broke), failures(Stream.of(future)));
    assertEquals("1 failed", pool.stand());
    assertEquals(List.of(), pool.base.report().notStartedJobs());
  }

  @Test
  void whatAWorkerHasTakenOrStartedTooLateIsNotRun() {
    JobFuture<String, String> late = pool.submit("late");
    assertSame(late, pool.next());
    JobFuture<String, String> taken = pool.submit("taken");
    assertEquals(1, pool.queue.take(worker(0).claimed(), 1));
    pool.base.report().keepCancelledJobs(1);
    beginClosing();
    pool.underLock(() -> assertTrue(pool.base.life().stop()));
    settler().endClaimed(worker(0));
    settler().cancelStartedLate(worker(0), late);
    assertInstanceOf(PoolClosedException.class, failures(Stream.of(taken)).getFirst());
    Await.until("it is completed", late::isDone);
    assertTrue(late.isCancelled());
    assertNull(worker(0).runner().current());
    assertEquals("1 cancelled, 1 not started", pool.stand());
    assertEquals(List.of("late"), pool.base.report().takeCancelledJobs());
    assertEquals(List.of("taken"), pool.base.report().notStartedJobs());
  }

  @Test
  void whatAnAbandonedWorkerRunsIsCancelledByThat() {
    JobFuture<String, String> future = running(0, "job");
    settler().abandon(worker(0), () -> false, () -> fail("it has come back"));
    assertFalse(future.isSettled());
    List<String> stand = new ArrayList<>();
    settler().abandon(worker(0), () -> true, () -> stand.add(pool.stand()));
    assertEquals(List.of("1 cancelled"), stand);
    Await.until("it is completed", future::isDone);
    assertTrue(future.isCancelled());
  }

  @Test
  void whatAnAbandonedWorkerHasSettledAndNotCompletedIsKnown() {
    JobFuture<String, String> future = running(0, "job");
    settler().abandon(worker(0), () -> false, () -> {});
    assertTrue(future.endRun(0, JobState.SUCCEEDED));
    settler().abandon(worker(0), () -> true, () -> {});
    assertSame(future, pool.unpublished.first());
    future.succeed("after all");
    assertNull(pool.unpublished.first());
    settler().abandon(worker(1), () -> true, () -> {});
    assertNull(pool.unpublished.first());
  }
}
