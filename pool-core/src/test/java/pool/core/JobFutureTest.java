package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The states of a job without a pool, and the hands that hold it. */
@SuppressWarnings("NullAway") // no future is cancelled here
class JobFutureTest {

  private static final int SLOT = 3;
  private static final int OTHER = 2;

  private static JobFuture<String, Integer> waiting(String job) {
    return new JobFuture<>(null, job);
  }

  private final JobFuture<String, Integer> future = waiting("job");

  @Test
  void itIsStartedOnceAndEndsOnTheWorkerThatStartedIt() {
    assertTrue(future.isWaiting());
    assertFalse(future.isCalledOff());
    assertEquals(-1, future.runner());
    assertFalse(future.end(SLOT, JobFuture.SUCCEEDED));
    assertTrue(future.start(SLOT));
    assertFalse(future.start(OTHER));
    assertFalse(future.isWaiting());
    assertEquals(SLOT, future.runner());
    assertTrue(future.isRunning(SLOT));
    assertFalse(future.isRunning(OTHER));
    assertTrue(future.wasStartedBy(SLOT));
    assertFalse(future.wasStartedBy(OTHER));
    assertFalse(future.end(OTHER, JobFuture.SUCCEEDED));
    assertTrue(future.end(SLOT, JobFuture.SUCCEEDED));
    assertFalse(future.end(SLOT, JobFuture.FAILED));
    assertFalse(future.cancelRun(SLOT));
    assertFalse(future.timeOut(SLOT));
    assertFalse(future.isCalledOff());
    assertTrue(future.wasStartedBy(SLOT));
    assertEquals(-1, future.runner());
    future.succeed(7);
    assertEquals(new Outcome.Succeeded<>("job", 7), future.outcome("job"));
  }

  @Test
  void theFirstSlotRunsJobsLikeAnyOther() {
    assertTrue(future.start(0));
    assertEquals(0, future.runner());
    assertTrue(future.cancelRun(0));
    assertTrue(future.isCalledOff());
    assertTrue(future.wasStartedBy(0));
    JobFuture<String, Integer> late = waiting("late");
    assertTrue(late.start(0) && late.timeOut(0));
    assertTrue(late.wasStartedBy(0));
    assertFalse(late.isCalledOff());
  }

  @Test
  void whatItsWorkerThrewIsItsFailure() {
    IllegalStateException cause = new IllegalStateException("no");
    assertTrue(future.start(SLOT) && future.end(SLOT, JobFuture.FAILED));
    assertTrue(future.wasStartedBy(SLOT));
    future.fail(cause);
    assertSame(cause, ((Outcome.Failed<String, Integer>) future.outcome("job")).cause());
    assertSame(cause, assertThrows(CompletionException.class, future::join).getCause());
  }

  @Test
  void oneThatWaitsCanBeWithdrawnReturnedOrLeftUnserved() {
    assertTrue(future.endWaiting(JobFuture.CANCELLED_WAITING));
    assertFalse(future.endWaiting(JobFuture.NOT_STARTED));
    assertFalse(future.start(SLOT));
    assertTrue(future.isCalledOff());
    assertFalse(future.wasStartedBy(SLOT));
    future.publish(null);
    assertTrue(future.isCancelled());
    assertEquals(new Outcome.Cancelled<>("job"), future.outcome("job"));

    JobFuture<String, Integer> returned = waiting("returned");
    assertTrue(returned.endWaiting(JobFuture.NOT_STARTED));
    assertTrue(returned.isCalledOff());
    returned.publish(new CancellationException());
    assertEquals(new Outcome.NotStarted<>("returned"), returned.outcome("returned"));

    JobFuture<String, Integer> unserved = waiting("unserved");
    assertTrue(unserved.endWaiting(JobFuture.NO_WORKER));
    assertFalse(unserved.isCalledOff());
    PoolBrokenException broken = new PoolBrokenException("no worker", null);
    unserved.publish(broken);
    assertEquals(new Outcome.Failed<>("unserved", broken), unserved.outcome("unserved"));
  }

  @Test
  void aRunIsCancelledOrTimesOutOnce() {
    assertFalse(future.cancelRun(SLOT));
    assertTrue(future.start(SLOT));
    assertFalse(future.cancelRun(OTHER));
    assertTrue(future.cancelRun(SLOT));
    assertFalse(future.timeOut(SLOT));
    assertFalse(future.end(SLOT, JobFuture.SUCCEEDED));
    assertTrue(future.isCalledOff());
    assertTrue(future.wasStartedBy(SLOT));
    assertFalse(future.wasStartedBy(OTHER));
    future.publish(null);
    assertEquals(new Outcome.Cancelled<>("job"), future.outcome("job"));

    JobFuture<String, Integer> late = waiting("late");
    assertTrue(late.start(SLOT));
    assertFalse(late.timeOut(OTHER));
    assertTrue(late.timeOut(SLOT));
    assertFalse(late.cancelRun(SLOT));
    assertFalse(late.isCalledOff());
    assertTrue(late.wasStartedBy(SLOT));
    assertFalse(late.wasStartedBy(OTHER));
    assertEquals(-1, late.runner());
    TimeoutException cause = new TimeoutException();
    late.publish(cause);
    assertEquals(new Outcome.Failed<>("late", cause), late.outcome("late"));
  }

  @Test
  void oneThatBrokeItsWorkerWaitsAgain() {
    assertTrue(future.start(SLOT));
    assertFalse(future.waitAgain(OTHER));
    assertTrue(future.waitAgain(SLOT));
    assertTrue(future.isWaiting());
    assertTrue(future.start(OTHER));
  }

  @Test
  void itLetsGoOfItsJob() {
    assertEquals("job", future.job());
    future.letGo();
    assertEquals(
        "the job is over", assertThrows(NullPointerException.class, future::job).getMessage());
  }

  @Test
  void onlyOneThatIsTimedKnowsForHowLongItHasWaited() {
    assertEquals(0, future.waitedUntil(System.nanoTime()));
    long before = System.nanoTime();
    TimedFuture<String, Integer> timed = new TimedFuture<>(null, "job");
    long after = System.nanoTime();
    long waited = timed.waitedUntil(after + 1_000);
    assertTrue(waited >= 1_000 && waited <= after + 1_000 - before, () -> waited + " ns");
  }

  // In hands

  private final ClaimedJobs<String, Integer> claimed = new ClaimedJobs<>(SLOT, 4);

  private List<JobFuture<String, Integer>> taken(int count) {
    List<JobFuture<String, Integer>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      futures.add(waiting("job " + i));
      claimed.put(i, futures.get(i));
    }
    claimed.took(count);
    return futures;
  }

  private List<JobFuture<String, Integer>> stillWaiting() {
    List<JobFuture<String, Integer>> waiting = new ArrayList<>();
    claimed.waiting(waiting::add);
    return waiting;
  }

  @Test
  void anEmptyHandStartsNothing() {
    assertFalse(claimed.hasMore());
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
    assertNull(claimed.current());
    assertNull(new ClaimedJobs<String, Integer>(OTHER, 4).startFrom(claimed));
  }

  @Test
  void aHandStartsWhatItHoldsInOrderAndIsEmptyThen() {
    var futures = taken(3);
    assertTrue(claimed.hasMore());
    assertTrue(claimed.hasWaiting());
    assertEquals(futures, stillWaiting());
    for (var next : futures) {
      assertSame(next, claimed.startNext());
      assertTrue(next.isRunning(SLOT));
      assertSame(next, claimed.current());
      assertTrue(next.end(SLOT, JobFuture.SUCCEEDED));
      claimed.done();
      assertNull(claimed.current());
    }
    assertFalse(claimed.hasMore());
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
    assertSame(taken(1).getFirst(), claimed.startNext());
  }

  @Test
  void whatWasWithdrawnIsLeftOut() {
    var futures = taken(3);
    assertTrue(futures.get(0).endWaiting(JobFuture.CANCELLED_WAITING));
    assertTrue(futures.get(2).endWaiting(JobFuture.CANCELLED_WAITING));
    assertTrue(claimed.hasWaiting());
    assertEquals(List.of(futures.get(1)), stillWaiting());
    assertSame(futures.get(1), claimed.startNext());
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
  }

  @Test
  void aJobThatCameAnotherWayIsCurrentWhileItRuns() {
    assertTrue(claimed.start(future));
    assertSame(future, claimed.current());
    claimed.done();
    assertNull(claimed.current());
    assertFalse(claimed.start(future), "it was started");
    JobFuture<String, Integer> elsewhere = waiting("elsewhere");
    assertTrue(elsewhere.start(OTHER));
    assertFalse(claimed.start(elsewhere));
    assertNull(claimed.current());
  }

  @Test
  void anotherHandStartsTheFirstThatWaits() {
    var futures = taken(3);
    assertSame(futures.get(0), claimed.startNext());
    ClaimedJobs<String, Integer> other = new ClaimedJobs<>(OTHER, 4);
    assertSame(futures.get(1), other.startFrom(claimed));
    assertTrue(futures.get(1).isRunning(OTHER));
    assertSame(futures.get(1), other.current());
    assertSame(futures.get(0), claimed.current());
    assertEquals(List.of(futures.get(2)), stillWaiting());
    assertSame(futures.get(2), other.startFrom(claimed));
    assertNull(other.startFrom(claimed));
    assertFalse(claimed.hasWaiting());
  }

  @Test
  void whatIsTakenNextIsStartedFromItsFirst() {
    var before = taken(2);
    assertSame(before.get(0), claimed.startNext());
    claimed.done();
    assertSame(before.get(1), claimed.startNext());
    claimed.done();
    var next = taken(2);
    assertSame(next.get(0), claimed.startNext());
    assertSame(next.get(1), claimed.startNext());
  }

  @Test
  void aJobThatCameAnotherWayAfterSomeOfTheHandIsLetGo() {
    assertSame(taken(1).getFirst(), claimed.startNext());
    claimed.done();
    assertTrue(claimed.start(future));
    assertTrue(future.end(SLOT, JobFuture.SUCCEEDED));
    claimed.done();
    assertNull(claimed.current());
  }
}
