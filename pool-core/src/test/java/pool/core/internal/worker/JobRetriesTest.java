package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.core.WorkerPool;
import pool.core.internal.batch.Batch;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;

/** How jobs that a worker has started wait again, without its thread: of one slot. */
@Timeout(60)
class JobRetriesTest {

  private static final int KEY = 7;
  private static final Duration HOUR = Duration.ofHours(1);

  private final Exception plain = new IllegalStateException("no");
  private final Exception broken = new WorkerBrokenException("broken");
  private final Exception later = new RetryLaterException(HOUR);
  private final Exception soon = new RetryLaterException(Duration.ofNanos(1));
  private Threadless pool = pool(builder -> builder);

  /** One whose worker gives up after a millisecond when it finds nothing. */
  private static Threadless pool(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    return new Threadless(builder ->
        set.apply(
            builder.workers(1).maxAttempts(2).maxRetries(2).pingInterval(Duration.ofMillis(1))));
  }

  private WorkerThread<String, String> worker() {
    return pool.thread(0);
  }

  private RunSite<String, String> site() {
    return new RunSite<>(0, "echo-0", worker().counters(), worker().claimed());
  }

  private void sleeps() {
    pool.underLock(() -> pool.idleWorkers.add(worker().parker(), false));
  }

  private void stop() {
    pool.underLock(() -> {
      assertTrue(pool.base.life().beginClosing());
      assertTrue(pool.base.life().stop());
    });
  }

  private JobFuture<String, String> started(String job) {
    JobFuture<String, String> future = pool.submit(job);
    assertSame(future, pool.next());
    return future;
  }

  private List<JobFuture<String, String>> started(String... jobs) {
    return Stream.of(jobs).map(this::started).toList();
  }

  private void assertNext(JobFuture<String, String> future) {
    assertSame(future, pool.next());
  }

  private void assertNextNone() {
    assertNull(pool.dispatcher.next(worker()));
  }

  /** It is known that no more jobs were started than those that run. */
  private void assertStand(String stand) {
    pool.underLock(() -> assertEquals(0, pool.slots.takeNewlyStarted()));
    assertEquals(stand, pool.stand());
  }

  private boolean runsAgain(JobFuture<String, String> future, Exception failure, boolean isLater) {
    return pool.retries.runsAgain(site(), future, failure, isLater);
  }

  private List<JobFuture<String, String>> requeue(
      List<JobFuture<String, String>> jobs, Exception cause) {
    return pool.retries.requeue(site(), null, jobs, cause);
  }

  private List<JobFuture<String, String>> putOff(
      List<JobFuture<String, String>> jobs, Exception cause) {
    return pool.retries.putOff(site(), null, jobs, cause);
  }

  /** The time of those that were put off has come. */
  private void release() {
    pool.underLock(() -> {
      long _ = pool.delayed.release();
    });
  }

  // One job

  @Test
  void aJobThatIsToBeRunLaterWaitsForItsTime() {
    JobFuture<String, String> future = started("job");
    assertTrue(runsAgain(future, later, true));
    assertTrue(future.isDelayed());
    assertNull(worker().claimed().current());
    assertEquals(1, pool.attempts.retries(future));
    assertEquals(1, worker().counters().retries());
    assertStand("1 queued");
    long wait = pool.delayed.untilNext();
    assertTrue(wait > HOUR.toNanos() * 0.9 && wait < HOUR.toNanos() * 1.1, () -> "" + wait);
  }

  @Test
  void aJobThatHasJustFailedIsNotRunAgain() {
    JobFuture<String, String> future = started("job");
    assertFalse(runsAgain(future, plain, false));
    assertFalse(runsAgain(future, soon, false), "nobody has said so");
    assertTrue(future.isRunning(0));
    assertSame(future, worker().claimed().current());
    assertFalse(pool.attempts.hasBroken(future));
    assertEquals(0, pool.attempts.retries(future));
    assertEquals("1 running", pool.stand());
  }

  @Test
  void aJobThatBrokeItsWorkerWaitsAgainUntilItWasTheLastTime() {
    JobFuture<String, String> future = started("job");
    assertTrue(runsAgain(future, broken, false));
    assertTrue(future.isWaiting());
    assertNull(worker().claimed().current());
    assertTrue(pool.attempts.hasBroken(future));
    assertStand("1 queued");
    assertNext(future);
    assertFalse(runsAgain(future, broken, false));
    assertTrue(future.isRunning(0));
    assertSame(future, worker().claimed().current());
    assertFalse(pool.attempts.hasBroken(future));
  }

  @Test
  void aJobThatIsPutOffDoesNotCountAsHavingBrokenItsWorker() {
    JobFuture<String, String> future = started("job");
    assertTrue(runsAgain(future, new WorkerBrokenException("later", plain), true));
    assertEquals(1, pool.attempts.retries(future));
    assertFalse(pool.attempts.hasBroken(future));
  }

  @Test
  void aJobThatMayNotBePutOffAnyMoreMayStillBreakAWorker() {
    JobFuture<String, String> future = started("job");
    assertTrue(pool.attempts.noteRetry(future));
    assertTrue(pool.attempts.noteRetry(future));
    assertTrue(runsAgain(future, broken, true));
    assertTrue(future.isWaiting());
    assertFalse(future.isDelayed());
    assertTrue(pool.attempts.hasBroken(future));
    assertEquals(0, worker().counters().retries());
  }

  @Test
  void aJobThatHasSettledIsNotRunAgainAndNothingIsKeptOfIt() {
    for (Exception failure : List.of(later, broken)) {
      JobFuture<String, String> future = started("job");
      assertTrue(pool.settler.settleCancelled(future, false));
      assertFalse(runsAgain(future, failure, failure == later));
      assertEquals(0, pool.attempts.retries(future));
      assertFalse(pool.attempts.hasBroken(future));
      assertSame(future, worker().claimed().current());
      assertEquals(0, worker().counters().retries());
      assertEquals(0, pool.delayed.size());
      worker().claimed().done();
    }
    assertNextNone();
  }

  // They broke their worker

  @Test
  void jobsThatBrokeTheirWorkerWaitAgainInOrder() {
    List<JobFuture<String, String>> jobs = started("a", "b");
    sleeps();
    assertEquals(List.of(), requeue(jobs, broken));
    assertFalse(pool.idleWorkers.anySleeps());
    assertStand("2 queued");
    assertNext(jobs.getFirst());
    assertNext(jobs.getLast());
  }

  @Test
  void jobsThatHaveBrokenEnoughWorkersAreReturnedInOrder() {
    List<JobFuture<String, String>> jobs = started("a", "b", "c");
    jobs.stream().skip(1).forEach(job -> assertTrue(pool.attempts.noteBroken(job, plain)));
    assertEquals(jobs.subList(1, 3), requeue(jobs, broken));
    assertTrue(jobs.getFirst().isWaiting());
    for (JobFuture<String, String> job : jobs.subList(1, 3)) {
      assertTrue(job.isRunning(0));
      assertFalse(pool.attempts.hasBroken(job));
    }
  }

  @Test
  void jobsThatFailedOtherwiseAreAllReturned() {
    List<JobFuture<String, String>> jobs = started("a", "b");
    sleeps();
    assertEquals(jobs, requeue(jobs, plain));
    assertTrue(jobs.stream().allMatch(job -> job.isRunning(0)));
    assertFalse(pool.attempts.hasBroken(jobs.getFirst()));
    assertTrue(pool.idleWorkers.anySleeps());
  }

  @Test
  void whereAJobMayBreakNoWorkerItIsReturned() {
    pool = pool(builder -> builder.maxAttempts(1));
    List<JobFuture<String, String>> jobs = started("a", "b");
    assertEquals(jobs, requeue(jobs, broken));
    assertFalse(runsAgain(jobs.getFirst(), broken, false));
  }

  @Test
  void onceThePoolIsStoppedNoJobWaitsAgain() {
    List<JobFuture<String, String>> jobs = started("a", "b");
    stop();
    assertEquals(jobs, requeue(jobs, broken));
    assertEquals(jobs, putOff(jobs, later));
    assertTrue(jobs.stream().allMatch(job -> job.isRunning(0)));
    for (JobFuture<String, String> job : jobs) {
      assertFalse(pool.attempts.hasBroken(job));
      assertEquals(0, pool.attempts.retries(job));
    }
  }

  // Their batch was rolled back

  @Test
  void jobsOfABatchThatWasRolledBackAreNextEachAlone() {
    List<JobFuture<String, String>> jobs = started("a", "b", "settled");
    pool.cancel(jobs.getLast());
    JobFuture<String, String> other = pool.submit("other");
    pool.retries.rollBack(site(), jobs);
    assertTrue(pool.slots.getFirst().queue().hasRolledBack());
    assertStand("3 queued, 1 cancelled");
    for (JobFuture<String, String> job : jobs.subList(0, 2)) {
      assertNext(job);
      assertTrue(pool.slots.getFirst().queue().startedSolo(job));
    }
    assertFalse(pool.slots.getFirst().queue().hasRolledBack());
    assertNext(other);
  }

  // They are to be run later

  @Test
  void whatIsLaterIsSaidByTheFailureOrByTheApplication() {
    assertTrue(pool.retries.isLater(later));
    assertFalse(pool.retries.isLater(plain));
    pool =
        pool(builder -> builder.retryOn(failure -> failure == plain, Duration.ofMillis(1), HOUR));
    assertTrue(pool.retries.isLater(plain));
    assertFalse(pool.retries.isLater(broken));
    assertFalse(pool.delayed.isPaused());
  }

  @Test
  void aFailureMayPauseThePoolForItsDelay() {
    assertTrue(pool.retries.isLater(new RetryLaterException(HOUR).pausingPool()));
    assertTrue(pool.delayed.isPaused());
    long left = pool.delayed.untilNext();
    assertTrue(left > HOUR.toNanos() * 0.9 && left <= HOUR.toNanos(), () -> "" + left);
  }

  @Test
  void jobsThatArePutOffComeBackInOrder() {
    List<JobFuture<String, String>> jobs = started("a", "b", "c");
    assertEquals(List.of(), putOff(jobs, soon));
    assertEquals(3, pool.delayed.size());
    assertEquals(3, worker().counters().retries());
    assertStand("3 queued");
    assertNextNone();
    release();
    jobs.forEach(this::assertNext);
  }

  @Test
  void jobsThatWerePutOffEnoughAreReturnedInOrder() {
    List<JobFuture<String, String>> jobs = started("a", "b", "c");
    for (JobFuture<String, String> job : jobs.subList(1, 3)) {
      assertTrue(pool.attempts.noteRetry(job));
      assertTrue(pool.attempts.noteRetry(job));
    }
    assertEquals(jobs.subList(1, 3), putOff(jobs, later));
    assertEquals(1, pool.delayed.size());
    assertTrue(jobs.getLast().isRunning(0));
  }

  /** Jobs of one key that the worker has started together. */
  private Batch<String, String> keyed(String... jobs) {
    pool = pool(builder -> builder.maxBatch(3));
    for (String job : jobs) {
      var _ = pool.queue.submit(job, KEY);
    }
    Batch<String, String> batch = pool.nextBatch();
    assertEquals(jobs.length, batch.size());
    return batch;
  }

  private void putOff(Batch<String, String> batch, JobFuture<String, String> job) {
    assertEquals(List.of(), pool.retries.putOff(site(), batch, List.of(job), soon));
  }

  private void isOver(Batch<String, String> batch) {
    pool.underLock(() -> worker().runner().runIsOver(batch));
  }

  @Test
  void aJobThatIsPutOffLeavesItsBatch() {
    Batch<String, String> batch = keyed("a", "b");
    putOff(batch, batch.future(0));
    assertEquals(List.of(batch.future(1)), batch.parts());
  }

  @Test
  void jobsOfABatchWaitInOrderBehindTheOneOfTheirKeyThatWasPutOff() {
    Batch<String, String> batch = keyed("a", "b", "c");
    putOff(batch, batch.future(0));
    pool.retries.waitBehind(
        site(),
        batch,
        Stream.of(1, 2).map(batch::future).map(job -> (KeyedFuture<String, String>) job).toList());
    assertStand("3 queued");
    assertNextNone();
    assertComeBack(batch);
  }

  private void assertComeBack(Batch<String, String> batch) {
    isOver(batch);
    release();
    for (int i = 0; i < batch.size(); i++) {
      assertNext(batch.future(i));
    }
  }

  @Test
  void aJobThatBreaksItsWorkerWaitsBehindTheOneOfItsBatchThatWasPutOff() {
    Batch<String, String> batch = keyed("a", "b");
    putOff(batch, batch.future(0));
    assertEquals(List.of(), pool.retries.requeue(site(), batch, List.of(batch.future(1)), broken));
    assertComeBack(batch);
  }

  @Test
  void aJobThatIsPutOffWaitsBehindTheOneOfItsBatchThatWas() {
    Batch<String, String> batch = keyed("a", "b");
    putOff(batch, batch.future(0));
    putOff(batch, batch.future(1));
    assertComeBack(batch);
  }

  @Test
  void aJobThatWasInNoBatchComesFirst() {
    Batch<String, String> batch = keyed("a", "b");
    assertEquals(List.of(), putOff(List.of(batch.future(0)), soon));
    assertEquals(List.of(), requeue(List.of(batch.future(1)), broken));
    isOver(batch);
    release();
    assertNext(batch.future(1));
    assertNext(batch.future(0));
  }
}
