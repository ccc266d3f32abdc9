package pool.core.internal.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;

/** What a worker holds, step by step. */
@SuppressWarnings("NullAway") // no future is cancelled here
class ClaimedJobsTest {

  private static final int SLOT = 3;
  private static final int OTHER = 2;
  private static final int SIZE = 4;

  private static JobFuture<String, Integer> waiting(String job) {
    return new JobFuture<>(null, job);
  }

  private final ClaimedJobs<String, Integer> claimed = new ClaimedJobs<>(SLOT, SIZE);
  private final ClaimedJobs<String, Integer> other = new ClaimedJobs<>(OTHER, SIZE);
  private final JobFuture<String, Integer> future = waiting("job");

  private List<JobFuture<String, Integer>> taken(int count) {
    List<JobFuture<String, Integer>> futures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      futures.add(waiting("job " + i));
      claimed.put(i, futures.get(i));
    }
    claimed.took(count);
    return futures;
  }

  private static List<JobFuture<String, Integer>> waitingIn(ClaimedJobs<String, Integer> claims) {
    List<JobFuture<String, Integer>> waiting = new ArrayList<>();
    claims.waiting(waiting::add);
    return waiting;
  }

  @Test
  void whoHasTakenNothingStartsNothing() {
    assertFalse(claimed.hasMore());
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
    assertNull(claimed.current());
    assertNull(other.startFrom(claimed));
  }

  @Test
  void whatWasTakenIsStartedInOrderAndThenNothingIsLeft() {
    var futures = taken(3);
    assertTrue(claimed.hasMore());
    assertTrue(claimed.hasWaiting());
    assertEquals(futures, waitingIn(claimed));
    for (var next : futures) {
      assertSame(next, claimed.startNext());
      assertTrue(next.isRunning(SLOT));
      assertSame(next, claimed.current());
      assertTrue(next.endRun(SLOT, JobState.SUCCEEDED));
      claimed.done();
      assertNull(claimed.current());
    }
    assertFalse(claimed.hasMore());
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
    assertSame(taken(1).getFirst(), claimed.startNext());
  }

  @Test
  void theNextIsStartedOnlyIfItIsAsItShouldBe() {
    var futures = taken(3);
    assertEquals(SIZE, claimed.size());
    assertEquals(3, claimed.remaining());
    assertNull(claimed.startNext(futures.get(1)::equals), "the first is another");
    assertEquals(3, claimed.remaining());
    assertTrue(futures.getFirst().endWaiting(JobState.CANCELLED));
    assertSame(futures.get(1), claimed.startNext(futures.get(1)::equals));
    assertTrue(futures.get(1).isRunning(SLOT));
    assertEquals(1, claimed.remaining());
    assertSame(futures.get(2), other.startFrom(claimed));
    assertNull(claimed.startNext(_ -> true));
    assertEquals(0, claimed.remaining());
    assertFalse(claimed.hasMore());
  }

  @Test
  void whatWasNotStartedIsGivenToAnother() {
    var futures = taken(4);
    assertSame(futures.getFirst(), claimed.startNext());
    assertTrue(futures.get(2).endWaiting(JobState.CANCELLED));
    List<JobFuture<String, Integer>> given = new ArrayList<>();
    claimed.giveTo(given::add);
    assertEquals(List.of(futures.get(1), futures.get(3)), given);
    assertFalse(claimed.hasMore());
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
    assertSame(futures.getFirst(), claimed.current());
  }

  @Test
  void whatWasStartedElsewhereIsHeldAsTheCurrent() {
    assertTrue(future.start(SLOT));
    claimed.hold(future);
    assertSame(future, claimed.current());
  }

  @Test
  void whatWasCancelledIsLeftOut() {
    var futures = taken(3);
    assertTrue(futures.get(0).endWaiting(JobState.CANCELLED));
    assertTrue(futures.get(2).endWaiting(JobState.CANCELLED));
    assertTrue(claimed.hasWaiting());
    assertEquals(List.of(futures.get(1)), waitingIn(claimed));
    assertSame(futures.get(1), claimed.startNext());
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
    assertFalse(claimed.hasMore());
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
  void aJobThatHasSettledStaysCurrentUntilItsRunHasReturned() {
    assertTrue(claimed.start(future));
    assertTrue(future.cancelRun(SLOT));
    assertSame(future, claimed.current());
    claimed.done();
    assertNull(claimed.current());
  }

  @Test
  void aJobThatWaitsAgainAndRunsElsewhereIsNoLongerCurrent() {
    assertTrue(claimed.start(future));
    assertTrue(future.waitAgain(SLOT));
    assertNull(claimed.current());
    assertTrue(other.start(future));
    assertNull(claimed.current());
    assertSame(future, other.current());
  }

  @Test
  void anotherWorkerStartsTheFirstThatWaits() {
    var futures = taken(3);
    assertSame(futures.get(0), claimed.startNext());
    assertSame(futures.get(1), other.startFrom(claimed));
    assertTrue(futures.get(1).isRunning(OTHER));
    assertSame(futures.get(1), other.current());
    assertSame(futures.get(0), claimed.current());
    assertEquals(List.of(futures.get(2)), waitingIn(claimed));
    assertSame(futures.get(2), other.startFrom(claimed));
    assertNull(other.startFrom(claimed));
    assertFalse(claimed.hasWaiting());
    assertNull(claimed.startNext());
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
  void aJobThatCameAnotherWayBetweenThoseThatWereTakenIsLetGo() {
    assertSame(taken(1).getFirst(), claimed.startNext());
    claimed.done();
    assertTrue(claimed.start(future));
    assertTrue(future.endRun(SLOT, JobState.SUCCEEDED));
    claimed.done();
    assertNull(claimed.current());
  }

  @Test
  void theSuccessorOfAnAbandonedWorkerTakesOverWhatThatHadNotStarted() {
    var futures = taken(SIZE);
    assertSame(futures.get(0), claimed.startNext());
    assertTrue(futures.get(2).endWaiting(JobState.CANCELLED));
    ClaimedJobs<String, Integer> successor = new ClaimedJobs<>(SLOT, SIZE);
    successor.takeOver(claimed);
    assertTrue(successor.hasMore());
    assertEquals(List.of(futures.get(1), futures.get(3)), waitingIn(successor));
    assertSame(futures.get(1), successor.startNext());
    assertSame(futures.get(3), successor.startNext());
    assertNull(successor.startNext());
    assertNull(claimed.startNext(), "the abandoned one comes back and has nothing left");
  }

  @Test
  void theSuccessorOfOneThatHadTakenNothingHasNothing() {
    other.takeOver(claimed);
    assertFalse(other.hasMore());
    assertNull(other.startNext());
  }
}
