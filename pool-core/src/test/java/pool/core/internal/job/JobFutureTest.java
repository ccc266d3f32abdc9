package pool.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Outcome;
import pool.core.PoolBrokenException;

/** The states of a job without a pool. */
@SuppressWarnings("NullAway") // no future is cancelled here
class JobFutureTest {

  private static final int SLOT = 3;
  private static final int OTHER = 2;

  /** A pool that does what a future asks of it. */
  private static final class Owner implements JobOwner<String, Integer> {

    final AtomicInteger begun = new AtomicInteger();
    final AtomicInteger ended = new AtomicInteger();

    @Override
    public boolean settleCancelled(JobFuture<String, Integer> future, boolean stop) {
      return future.endWaiting(JobState.CANCELLED);
    }

    @Override
    public void beginWait(JobFuture<String, Integer> future) {
      begun.incrementAndGet();
    }

    @Override
    public void endWait() {
      ended.incrementAndGet();
    }

    @Override
    public void placeSettled(
        PlaceFuture<String, Integer> place, Object bulk, Integer result, Throwable cause) {
      throw new AssertionError("no bulk call");
    }

    @Override
    public void noteTimeOut(JobFuture<String, Integer> future) {
      throw new AssertionError("no time-out");
    }
  }

  private static JobFuture<String, Integer> waiting(String job) {
    return new JobFuture<>(null, job);
  }

  private final JobFuture<String, Integer> future = waiting("job");
  private final TimeoutException tooLong = new TimeoutException();

  private boolean timesOut(JobFuture<String, Integer> late, int slot) {
    return late.timeOutRun(slot, () -> true, tooLong);
  }

  @Test
  void itIsStartedOnceAndEndsOnTheWorkerThatStartedIt() {
    assertTrue(future.isWaiting());
    assertFalse(future.isCalledOff());
    assertFalse(future.isSettled());
    assertFalse(future.isRunning(SLOT));
    assertFalse(future.wasStartedBy(SLOT));
    assertEquals(-1, future.runningSlot());
    assertFalse(future.endRun(SLOT, JobState.SUCCEEDED));
    assertTrue(future.start(SLOT));
    assertFalse(future.start(OTHER));
    assertFalse(future.isWaiting());
    assertFalse(future.isSettled());
    assertEquals(SLOT, future.runningSlot());
    assertEquals("job", future.runningJob(SLOT));
    assertTrue(future.isRunning(SLOT));
    assertFalse(future.isRunning(OTHER));
    assertTrue(future.wasStartedBy(SLOT));
    assertFalse(future.wasStartedBy(OTHER));
    assertFalse(future.endRun(OTHER, JobState.SUCCEEDED));
    assertFalse(future.endWaiting(JobState.CANCELLED));
    assertTrue(future.endRun(SLOT, JobState.SUCCEEDED));
    assertFalse(future.endRun(SLOT, JobState.FAILED));
    assertFalse(future.cancelRun(SLOT));
    assertFalse(timesOut(future, SLOT));
    assertFalse(future.waitAgain(SLOT));
    assertFalse(future.isCalledOff());
    assertFalse(future.isRunning(SLOT));
    assertFalse(future.isRunningSettled(SLOT));
    assertTrue(future.isSettled());
    assertFalse(future.isDone(), "whoever has settled it is about to complete it");
    assertTrue(future.wasStartedBy(SLOT));
    assertEquals(-1, future.runningSlot());
    future.succeed(7);
    assertEquals(new Outcome.Succeeded<>("job", 7), future.outcome("job"));
  }

  @Test
  void theFirstSlotRunsJobsLikeAnyOther() {
    assertFalse(future.wasStartedBy(0));
    assertTrue(future.start(0));
    assertEquals(0, future.runningSlot());
    assertTrue(future.cancelRun(0));
    assertTrue(future.isCalledOff());
    assertTrue(future.wasStartedBy(0));
    assertTrue(future.isRunningSettled(0));
    JobFuture<String, Integer> late = waiting("late");
    assertTrue(late.start(0) && timesOut(late, 0));
    assertTrue(late.wasStartedBy(0));
    assertTrue(late.isRunningSettled(0));
    assertFalse(late.isCalledOff());
  }

  @Test
  void theLastOfAMillionSlotsRunsJobsLikeAnyOther() {
    int last = 999_999;
    assertTrue(future.start(last));
    assertEquals(last, future.runningSlot());
    assertTrue(future.isRunning(last));
    assertFalse(future.isRunning(last - 1));
    assertTrue(future.cancelRun(last));
    assertTrue(future.wasStartedBy(last));
    assertTrue(future.isRunningSettled(last));
    assertFalse(future.isRunningSettled(last - 1));
  }

  @Test
  void whatItsWorkerThrewIsItsFailure() {
    IllegalStateException cause = new IllegalStateException("no");
    assertTrue(future.start(SLOT) && future.endRun(SLOT, JobState.FAILED));
    assertTrue(future.wasStartedBy(SLOT));
    assertFalse(future.isRunningSettled(SLOT));
    future.fail(cause);
    assertSame(cause, ((Outcome.Failed<String, Integer>) future.outcome("job")).cause());
    assertSame(cause, assertThrows(CompletionException.class, future::join).getCause());
  }

  @Test
  void oneThatWaitsCanBeCancelledNotStartedOrFailed() {
    assertTrue(future.endWaiting(JobState.CANCELLED));
    assertFalse(future.endWaiting(JobState.NOT_STARTED));
    assertFalse(future.start(SLOT));
    assertTrue(future.isCalledOff());
    assertTrue(future.isSettled());
    assertFalse(future.wasStartedBy(SLOT));
    future.publish(null);
    assertTrue(future.isCancelled());
    assertEquals(new Outcome.Cancelled<>("job"), future.outcome("job"));

    JobFuture<String, Integer> notStarted = waiting("not started");
    assertTrue(notStarted.endWaiting(JobState.NOT_STARTED));
    assertTrue(notStarted.isCalledOff());
    assertTrue(notStarted.isSettled());
    notStarted.publish(new CancellationException());
    assertEquals(new Outcome.NotStarted<>("not started"), notStarted.outcome("not started"));

    JobFuture<String, Integer> failed = waiting("failed");
    assertTrue(failed.endWaiting(JobState.FAILED));
    assertFalse(failed.isCalledOff());
    assertTrue(failed.isSettled());
    PoolBrokenException broken = new PoolBrokenException("no worker", null);
    failed.publish(broken);
    assertEquals(new Outcome.Failed<>("failed", broken), failed.outcome("failed"));
  }

  @ParameterizedTest
  @EnumSource(names = {"CANCELLED", "NOT_STARTED", "FAILED"})
  void oneThatEndedBeforeItWasStartedRunsNowhere(JobState how) {
    assertTrue(future.endWaiting(how));
    assertFalse(future.isWaiting());
    assertEquals(-1, future.runningSlot());
    for (int slot = 0; slot < 4; slot++) {
      assertFalse(future.isRunning(slot));
      assertFalse(future.isRunningSettled(slot));
      assertFalse(future.wasStartedBy(slot));
      assertFalse(future.endRun(slot, JobState.SUCCEEDED));
      assertFalse(future.cancelRun(slot));
      assertFalse(timesOut(future, slot));
      assertFalse(future.waitAgain(slot));
    }
  }

  @Test
  void aRunIsCancelledOrTimesOutOnce() {
    assertFalse(future.cancelRun(SLOT));
    assertTrue(future.start(SLOT));
    assertFalse(future.cancelRun(OTHER));
    assertFalse(future.isRunningSettled(SLOT));
    assertTrue(future.cancelRun(SLOT));
    assertFalse(timesOut(future, SLOT));
    assertFalse(future.endRun(SLOT, JobState.SUCCEEDED));
    assertTrue(future.isCalledOff());
    assertTrue(future.isSettled());
    assertTrue(future.isRunningSettled(SLOT));
    assertFalse(future.isRunningSettled(OTHER));
    assertTrue(future.wasStartedBy(SLOT));
    assertFalse(future.wasStartedBy(OTHER));
    future.publish(null);
    assertEquals(new Outcome.Cancelled<>("job"), future.outcome("job"));

    JobFuture<String, Integer> late = waiting("late");
    assertFalse(timesOut(late, SLOT));
    assertTrue(late.start(SLOT));
    assertFalse(timesOut(late, OTHER));
    assertTrue(timesOut(late, SLOT));
    assertFalse(late.cancelRun(SLOT));
    assertFalse(late.isCalledOff());
    assertTrue(late.isSettled());
    assertTrue(late.isRunningSettled(SLOT));
    assertFalse(late.isRunningSettled(OTHER));
    assertTrue(late.wasStartedBy(SLOT));
    assertFalse(late.wasStartedBy(OTHER));
    assertEquals(-1, late.runningSlot());
    late.publish(tooLong);
    assertEquals(new Outcome.Failed<>("late", tooLong), late.outcome("late"));
  }

  @Test
  void aRunThatIsNotTheOneThatIsMeantDoesNotTimeOut() {
    assertTrue(future.start(SLOT));
    assertFalse(future.timeOutRun(SLOT, () -> false, tooLong));
    assertTrue(future.isRunning(SLOT));
    assertTrue(future.endRun(SLOT, JobState.SUCCEEDED));
  }

  @Test
  void oneThatBrokeItsWorkerWaitsAgain() {
    assertFalse(future.waitAgain(SLOT));
    assertTrue(future.start(SLOT));
    assertFalse(future.waitAgain(OTHER));
    assertTrue(future.waitAgain(SLOT));
    assertTrue(future.isWaiting());
    assertFalse(future.wasStartedBy(SLOT));
    assertTrue(future.start(OTHER));
    assertFalse(future.endRun(SLOT, JobState.SUCCEEDED));
    assertTrue(future.cancelRun(OTHER));
    assertFalse(future.waitAgain(OTHER));
  }

  @Test
  void whetherItEndedBeforeItWasStartedIsKnown() {
    assertFalse(future.endedWaiting());
    assertTrue(future.start(SLOT));
    assertFalse(future.endedWaiting());
    assertTrue(future.waitAgain(SLOT));
    assertTrue(future.endWaiting(JobState.FAILED));
    assertTrue(future.endedWaiting());
    JobFuture<String, Integer> first = waiting("of the first slot");
    assertTrue(first.start(0) && first.endRun(0, JobState.SUCCEEDED));
    assertFalse(first.endedWaiting());
  }

  @Test
  void itIsUndoneUntilItIsCompleted() {
    assertSame(future, future.firstUndone());
    assertTrue(future.start(SLOT) && future.endRun(SLOT, JobState.SUCCEEDED));
    assertSame(future, future.firstUndone());
    future.succeed(7);
    assertNull(future.firstUndone());
  }

  @Test
  void aJobThatThrewACancellationExceptionHasFailed() {
    assertTrue(future.start(SLOT) && future.endRun(SLOT, JobState.FAILED));
    future.fail(new CancellationException("by itself"));
    assertEquals(
        "the job has failed: it has no result",
        assertThrows(IllegalStateException.class, future::resultNow).getMessage());
    JobFuture<String, Integer> cancelled = waiting("cancelled");
    assertTrue(cancelled.endWaiting(JobState.CANCELLED));
    cancelled.publish(null);
    assertNotEquals(
        "the job has failed: it has no result",
        assertThrows(IllegalStateException.class, cancelled::resultNow).getMessage());
    JobFuture<String, Integer> succeeded = waiting("succeeded");
    assertTrue(succeeded.start(SLOT) && succeeded.endRun(SLOT, JobState.SUCCEEDED));
    succeeded.succeed(7);
    assertEquals(7, succeeded.resultNow());
  }

  @Test
  void whoCompletesItByHandLearnsWhetherItWasThat() {
    Owner owner = new Owner();
    JobFuture<String, Integer> completed = new JobFuture<>(owner, "job");
    assertTrue(completed.complete(7));
    assertFalse(completed.complete(8));
    assertFalse(completed.completeExceptionally(tooLong));
    assertEquals(7, completed.resultNow());
    JobFuture<String, Integer> failed = new JobFuture<>(owner, "job");
    assertTrue(failed.completeExceptionally(tooLong));
    assertFalse(failed.complete(8));
    assertSame(tooLong, failed.exceptionNow());
    JobFuture<String, Integer> async = new JobFuture<>(owner, "job");
    assertSame(async, async.completeAsync(() -> 9, Runnable::run));
    assertEquals(9, async.resultNow());
  }

  /** How a thread waits for a future. */
  private interface Wait {
    Integer result(JobFuture<String, Integer> of) throws Exception;
  }

  /** The pool is told who waits, and that it does no longer; not of those who need not wait. */
  @Test
  @Timeout(20)
  void whoWaitsIsNoted() throws Exception {
    for (Wait wait : List.<Wait>of(JobFuture::join, JobFuture::get)) {
      Owner owner = new Owner();
      JobFuture<String, Integer> job = new JobFuture<>(owner, "job");
      Thread worker =
          Thread.ofPlatform()
              .start(() -> {
                while (owner.begun.get() == 0) {
                  Thread.onSpinWait();
                }
                if (job.start(SLOT) && job.endRun(SLOT, JobState.SUCCEEDED)) {
                  job.succeed(7);
                }
              });
      assertEquals(7, wait.result(job));
      worker.join();
      assertEquals(1, owner.ended.get());
      assertEquals(7, wait.result(job));
      assertEquals(1, owner.begun.get());
    }
  }

  @Test
  void itLetsGoOfItsJob() {
    assertEquals("job", future.job());
    future.dropJob();
    assertEquals(
        "the job is over", assertThrows(NullPointerException.class, future::job).getMessage());
  }

  @Test
  void aSettledRunThatReturnsLetsGoOfItsJobAndOneThatIsAbandonedDoesNot() {
    assertTrue(future.start(SLOT) && future.cancelRun(SLOT));
    future.settledRunAbandoned(SLOT);
    assertEquals("job", future.job());
    future.settledRunReturned(SLOT, true);
    assertThrows(NullPointerException.class, future::job);
  }

  @Test
  void onlyOneThatIsTimedKnowsForHowLongItHasWaited() {
    assertEquals(0, future.waitedUntil(System.nanoTime()));
    long before = System.nanoTime();
    ContextFuture<String, Integer> timed =
        new ContextFuture<>(null, "job", System.nanoTime(), null);
    long after = System.nanoTime();
    long waited = timed.waitedUntil(after + 1_000);
    assertTrue(waited >= 1_000 && waited <= after + 1_000 - before, () -> waited + " ns");
  }

  @Test
  void aDelayedJobCannotBeStartedBeforeItIsDueAndMaySettleBefore() {
    JobFuture<String, Integer> future = waiting("job");
    assertTrue(future.start(0));
    assertTrue(future.delay(0));
    assertFalse(future.start(1), "who has met it while it waited");
    assertFalse(future.isWaiting());
    assertTrue(future.makeDue());
    assertTrue(future.start(1));
    assertTrue(future.delay(1));
    assertTrue(future.endWaiting(JobState.CANCELLED));
    assertFalse(future.makeDue());
    assertTrue(future.isSettled());
  }
}
