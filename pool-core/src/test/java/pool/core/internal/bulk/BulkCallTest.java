package pool.core.internal.bulk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.JobContext;
import pool.core.Outcome;
import pool.core.internal.bulk.BulkCall.Tally;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobOwner;
import pool.core.internal.job.JobState;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/** The jobs of one bulk call, step by step, without a pool. */
@Timeout(60)
class BulkCallTest {

  private static final int SLOTS = 3;
  private static final boolean SHARED = false;
  private static final boolean EVEN = true;

  private final PoolLock lock = new PoolLock();
  private final Owner owner = new Owner();
  private final TimeoutException tooLong = new TimeoutException();
  private final List<String> ended = new ArrayList<>();

  /** A pool that tells a bulk call what has settled. */
  @SuppressWarnings("NullAway") // results may be null
  private static final class Owner implements JobOwner<String, Integer> {

    @Override
    public boolean settleCancelled(JobFuture<String, Integer> future, boolean stop) {
      throw new AssertionError("nobody cancels");
    }

    @Override
    public void beginWait(JobFuture<String, Integer> future) {
      throw new AssertionError("nobody waits");
    }

    @Override
    public void endWait() {
      throw new AssertionError("nobody waits");
    }

    @Override
    public void noteTimeOut(JobFuture<String, Integer> future) {
      throw new AssertionError("no time-out");
    }

    @Override
    @SuppressWarnings("unchecked") // there is no other
    public void placeSettled(
        PlaceFuture<String, Integer> place, Object bulk, Integer result, Throwable cause) {
      ((BulkCall<String, Integer>) bulk).placeSettled(place, result, cause);
    }
  }

  private BulkCall<String, Integer> bulk(
      boolean stopsAtFailure, int jobs, boolean even, int... to) {
    Object[] all = new Object[jobs];
    for (int i = 0; i < jobs; i++) {
      all[i] = job(i);
    }
    return new BulkCall<>(all, stopsAtFailure, even, to, SLOTS, lock.condition(), null);
  }

  /** One that keeps outcomes. */
  private BulkCall<String, Integer> bulk(int jobs, boolean even, int... to) {
    return bulk(false, jobs, even, to);
  }

  private static String job(int index) {
    return "job " + index;
  }

  /** The job that a slot starts; null if there is none. */
  private static @Nullable Object started(BulkCall<String, Integer> bulk, int slot) {
    boolean starts = bulk.start(slot);
    assertEquals(starts, bulk.isRunning(slot));
    return bulk.runningJob(slot);
  }

  /** The slot's run returns its position; what it runs next. */
  private static int succeeds(BulkCall<String, Integer> bulk, int slot) {
    int position = bulk.position(slot);
    return bulk.succeeded(slot, position, position, false);
  }

  /** A job that was taken out does. */
  private static void succeeds(PlaceFuture<String, Integer> place, int slot, int result) {
    assertTrue(place.endRun(slot, JobState.SUCCEEDED));
    place.succeed(result);
  }

  private boolean timesOut(BulkCall<String, Integer> bulk, int slot) {
    return bulk.timeOutRun(slot, () -> true, tooLong);
  }

  private List<PlaceFuture<String, Integer>> take(
      BulkCall<String, Integer> bulk, int slot, int most) {
    return bulk.take(owner, slot, bulk.position(slot), most);
  }

  private static void assertTally(
      BulkCall<String, Integer> bulk, long succeeded, long unstarted, long settled) {
    assertEquals(new Tally(succeeded, unstarted), bulk.tally());
    assertEquals(settled, bulk.settled());
  }

  // Shares

  @Test
  void aSharedCallIsDealtInRanges() {
    BulkCall<String, Integer> bulk = bulk(5, SHARED, 0, 2);
    assertEquals(5, bulk.size());
    assertEquals("job 4", bulk.job(4));
    assertEquals(2, bulk.unstarted(0));
    assertEquals(0, bulk.unstarted(1));
    assertEquals(3, bulk.unstarted(2));
    assertTrue(bulk.hasUnstarted(0));
    assertFalse(bulk.hasUnstarted(1));
    assertTrue(bulk.hasUnstarted(2));
    assertEquals("job 0", started(bulk, 0));
    assertEquals("job 2", started(bulk, 2));
    assertEquals(1, bulk.unstarted(0));
    assertEquals(2, bulk.unstarted(2));
    assertTally(bulk, 0, 3, 0);
  }

  @Test
  void ofASharedCallASlotWithoutAShareTakesHalfOfAnothers() {
    BulkCall<String, Integer> bulk = bulk(4, SHARED, 0);
    assertEquals("job 2", started(bulk, 1));
    assertEquals("job 0", started(bulk, 0));
    assertEquals("job 1", started(bulk, 2), "the last that slot 0 has not begun");
    assertFalse(bulk.hasUnstarted(0));
    assertTrue(bulk.hasUnstarted(1));
    assertEquals(3, succeeds(bulk, 1));
    assertEquals(BulkRanges.LEFT, succeeds(bulk, 2));
    assertFalse(bulk.start(2), "nothing is left to start");
    assertNull(bulk.runningJob(2));
  }

  @Test
  void ofAnEvenCallEachSlotHasEveryNthJobFromItsTurnOn() {
    BulkCall<String, Integer> bulk = bulk(5, EVEN, 2, 0);
    assertEquals(3, bulk.unstarted(2));
    assertEquals(2, bulk.unstarted(0));
    assertEquals("job 0", started(bulk, 2));
    assertEquals(1, succeeds(bulk, 2));
    assertEquals("job 2", bulk.runningJob(2));
    assertEquals("job 2", bulk.job(2, 1));
    assertEquals(2, succeeds(bulk, 2));
    assertEquals("job 4", bulk.runningJob(2));
    assertEquals(BulkRanges.LEFT, succeeds(bulk, 2));
    assertEquals("job 1", started(bulk, 0));
    assertEquals(1, succeeds(bulk, 0));
    assertEquals("job 3", bulk.runningJob(0));
  }

  @Test
  void ofAnEvenCallNoSlotTakesFromAnother() {
    BulkCall<String, Integer> bulk = bulk(5, EVEN, 2, 0);
    assertFalse(bulk.hasUnstarted(1));
    assertFalse(bulk.start(1));
    assertNull(bulk.runningJob(1));
    assertEquals(3, bulk.unstarted(2));
    assertEquals(2, bulk.unstarted(0));
  }

  @Test
  void ofAnEvenCallWithFewJobsTheLastInTurnGetNone() {
    BulkCall<String, Integer> bulk = bulk(2, EVEN, 1, 2, 0);
    assertTrue(bulk.hasUnstarted(1));
    assertTrue(bulk.hasUnstarted(2));
    assertFalse(bulk.hasUnstarted(0));
  }

  // Runs

  @Test
  void aSlotRunsOnePositionAtATimeUntilItsShareIsDone() {
    BulkCall<String, Integer> bulk = bulk(2, SHARED, 1);
    assertEquals(BulkRanges.LEFT, bulk.position(1));
    assertFalse(bulk.isRunning(1));
    assertEquals("job 0", started(bulk, 1));
    assertTrue(bulk.isRunning(1));
    assertTrue(bulk.isRunning(1, 0));
    assertFalse(bulk.isRunning(1, 1));
    assertFalse(bulk.isRunning(0));
    assertNull(bulk.runningJob(0));
    assertEquals(1, succeeds(bulk, 1));
    assertFalse(bulk.isRunning(1, 0));
    assertTrue(bulk.isRunning(1, 1));
    assertFalse(bulk.isSettled());
    assertEquals(BulkRanges.LEFT, succeeds(bulk, 1));
    assertFalse(bulk.isRunning(1));
    assertFalse(bulk.isRunning(1, 1));
    assertTrue(bulk.isSettled());
    assertTally(bulk, 2, 0, 2);
    assertArrayEquals(
        new Object[] {
          new Outcome.Succeeded<>("job 0", 0), new Outcome.Succeeded<>("job 1", 1),
        },
        bulk.outcomes().inOrder());
  }

  @Test
  void aWorkerThatLeavesEndsItsPositionAndStartsNoOther() {
    BulkCall<String, Integer> bulk = bulk(2, SHARED, 0);
    assertTrue(bulk.start(0));
    assertEquals(BulkRanges.LEFT, bulk.succeeded(0, 0, 7, true));
    assertFalse(bulk.isRunning(0));
    assertTally(bulk, 1, 1, 1);
    assertFalse(bulk.isSettled());
  }

  @Test
  void aCancelEndsTheRunOnceAndItsResultCountsNoMore() {
    BulkCall<String, Integer> bulk = bulk(1, SHARED, 0);
    assertFalse(bulk.cancelRun(0), "nothing runs");
    assertTally(bulk, 0, 1, 0);
    assertTrue(bulk.start(0));
    assertFalse(bulk.isRunningSettled(0));
    assertTrue(bulk.cancelRun(0));
    assertTrue(bulk.isRunningSettled(0));
    assertFalse(bulk.isRunning(0));
    assertFalse(bulk.cancelRun(0));
    assertFalse(timesOut(bulk, 0));
    assertTrue(bulk.isSettled());
    assertTally(bulk, 0, 0, 1);
    assertEquals(BulkRanges.LOST, bulk.succeeded(0, 0, 7, false));
    assertTally(bulk, 0, 0, 1);
    assertEquals(0, bulk.outcomes().notDone());
    assertArrayEquals(new Object[] {new Outcome.Cancelled<>("job 0")}, bulk.outcomes().inOrder());
  }

  @Test
  void aTimeOutFailsTheRunThatIsMeant() {
    BulkCall<String, Integer> bulk = bulk(true, 5, EVEN, 1, 0);
    assertFalse(timesOut(bulk, 0), "nothing runs");
    assertFalse(bulk.stopsNow());
    assertEquals("job 1", started(bulk, 0));
    assertFalse(bulk.timeOutRun(0, () -> false, tooLong), "it is another run by now");
    assertFalse(bulk.stopsNow());
    assertTally(bulk, 0, 4, 0);
    assertTrue(timesOut(bulk, 0));
    assertFalse(timesOut(bulk, 0));
    assertFalse(bulk.cancelRun(0));
    assertTrue(bulk.isRunningSettled(0));
    assertTrue(bulk.stopsNow());
    assertTally(bulk, 0, 4, 1);
    assertEquals(1, bulk.outcomes().failedIndex());
    assertSame(tooLong, bulk.outcomes().failure());
  }

  @Test
  void aCallThatKeepsOutcomesGoesOnAfterAFailure() {
    BulkCall<String, Integer> bulk = bulk(3, SHARED, 0);
    assertTrue(bulk.start(0));
    assertTrue(timesOut(bulk, 0));
    assertFalse(bulk.stopsNow());
    bulk.settledRunReturned(0, false);
    assertEquals("job 1", started(bulk, 0));
  }

  @Test
  void aSettledRunThatReturnsFreesTheSlotUnlessAnotherWorkerHasItMeanwhile() {
    BulkCall<String, Integer> bulk = bulk(3, SHARED, 0);
    assertTrue(bulk.start(0));
    assertTrue(bulk.cancelRun(0));
    bulk.settledRunAbandoned(0);
    assertFalse(bulk.isRunningSettled(0));
    assertEquals("job 1", started(bulk, 0), "that is its successor");
    bulk.settledRunReturned(0, true);
    assertTrue(bulk.isRunning(0));
    assertTrue(bulk.cancelRun(0));
    bulk.settledRunReturned(0, true);
    assertTrue(bulk.isRunningSettled(0), "the successor has not returned");
    bulk.settledRunReturned(0, false);
    assertFalse(bulk.isRunningSettled(0));
    assertEquals("job 2", started(bulk, 0));
  }

  // What is not started

  @Test
  void whatWasNotStartedEndsWhileARunGoesOn() {
    BulkCall<String, Integer> bulk = bulk(5, SHARED, 0, 2);
    assertTrue(bulk.start(2));
    bulk.endUnstarted(null, ended::add);
    assertEquals(List.of("job 0", "job 1", "job 3", "job 4"), ended);
    assertTally(bulk, 0, 0, 4);
    assertFalse(bulk.isSettled());
    assertEquals(BulkRanges.LEFT, succeeds(bulk, 2));
    assertTally(bulk, 1, 0, 5);
    assertTrue(bulk.isSettled());
    assertArrayEquals(
        new Object[] {
          new Outcome.NotStarted<>("job 0"),
          new Outcome.NotStarted<>("job 1"),
          new Outcome.Succeeded<>("job 2", 2),
          new Outcome.NotStarted<>("job 3"),
          new Outcome.NotStarted<>("job 4"),
        },
        bulk.outcomes().inOrder());
  }

  @Test
  void theShareOfASlotThatNobodyServesFails() {
    BulkCall<String, Integer> bulk = bulk(4, EVEN, 0, 1);
    bulk.endUnstarted(1, tooLong, ended::add);
    assertEquals(List.of("job 1", "job 3"), ended);
    assertFalse(bulk.hasUnstarted(1));
    assertEquals(2, bulk.unstarted(0));
    assertTally(bulk, 0, 2, 2);
    assertSame(tooLong, bulk.outcomes().brokenBy());
    assertEquals(
        new Outcome.Failed<String, Integer>("job 3", tooLong), bulk.outcomes().inOrder()[3]);
  }

  // What is taken out

  @Test
  void jobsAreTakenOutInOrderAsManyAsThereAre() {
    BulkCall<String, Integer> bulk = bulk(5, EVEN, 0, 1);
    assertTrue(bulk.start(0));
    List<PlaceFuture<String, Integer>> taken = take(bulk, 0, 2);
    assertEquals(List.of("job 0", "job 2"), taken.stream().map(JobFuture::job).toList());
    assertEquals(List.of(0, 2), taken.stream().map(PlaceFuture::index).toList());
    assertEquals(List.of(0, 1), taken.stream().map(PlaceFuture::listedAt).toList());
    for (PlaceFuture<String, Integer> place : taken) {
      assertTrue(place.isRunning(0));
      assertTrue(place.isOf(bulk));
    }
    assertFalse(bulk.isRunning(0));
    assertEquals(taken, bulk.places());
    assertTally(bulk, 0, 3, 0);
    assertEquals("job 4", started(bulk, 0));
    List<PlaceFuture<String, Integer>> last = take(bulk, 0, 9);
    assertEquals(List.of("job 4"), last.stream().map(JobFuture::job).toList());
    assertEquals(3, bulk.places().size());
    assertTally(bulk, 0, 2, 0);
  }

  @Test
  void aRunThatHasSettledIsNotTakenOut() {
    BulkCall<String, Integer> bulk = bulk(3, SHARED, 0);
    assertTrue(bulk.start(0));
    assertTrue(bulk.cancelRun(0));
    assertEquals(List.of(), take(bulk, 0, 3));
    assertEquals(List.of(), bulk.places());
    assertEquals(2, bulk.unstarted(0));
    assertTally(bulk, 0, 2, 1);
  }

  @Test
  void jobsThatWereTakenOutSettleInAnyOrderAndOnce() {
    BulkCall<String, Integer> bulk = bulk(3, SHARED, 0);
    assertTrue(bulk.start(0));
    List<PlaceFuture<String, Integer>> taken = take(bulk, 0, 3);
    assertFalse(bulk.isSettled());
    succeeds(taken.getFirst(), 0, 10);
    assertEquals(List.of(taken.get(2), taken.get(1)), bulk.places());
    assertEquals(0, taken.get(2).listedAt());
    assertTrue(taken.getFirst().listedAt() < 0);
    assertTally(bulk, 0, 0, 1);
    bulk.placeSettled(taken.getFirst(), 11, null); // again
    assertTally(bulk, 0, 0, 1);
    succeeds(taken.get(2), 0, 12);
    assertEquals(List.of(taken.get(1)), bulk.places());
    assertFalse(bulk.isSettled());
    assertTrue(taken.get(1).endRun(0, JobState.FAILED));
    taken.get(1).fail(tooLong);
    assertEquals(List.of(), bulk.places());
    assertTally(bulk, 0, 0, 3);
    assertTrue(bulk.isSettled());
    assertEquals(1, bulk.outcomes().failedIndex());
    assertArrayEquals(
        new Object[] {
          new Outcome.Succeeded<>("job 0", 10),
          new Outcome.Failed<String, Integer>("job 1", tooLong),
          new Outcome.Succeeded<>("job 2", 12),
        },
        bulk.outcomes().inOrder());
  }

  @Test
  void aJobThatWasTakenOutIsAllThatACallMayWaitFor() {
    BulkCall<String, Integer> bulk = bulk(2, SHARED, 1);
    assertTrue(bulk.start(1));
    List<PlaceFuture<String, Integer>> taken = take(bulk, 1, 1);
    assertTrue(bulk.start(1));
    assertEquals(BulkRanges.LEFT, succeeds(bulk, 1));
    assertTally(bulk, 1, 0, 1);
    assertFalse(bulk.isSettled());
    succeeds(taken.getFirst(), 1, 7);
    assertTrue(bulk.isSettled());
    assertTally(bulk, 1, 0, 2);
  }

  /** Succeeded, cancelled, timed out, taken out, running, and waiting; some of each. */
  @Test
  void whatHasBecomeOfTheJobsAddsUp() {
    BulkCall<String, Integer> bulk = bulk(30, SHARED, 0, 1, 2);
    assertTrue(bulk.start(0));
    assertEquals(1, succeeds(bulk, 0));
    assertEquals(2, succeeds(bulk, 0));
    assertEquals(3, succeeds(bulk, 0));
    assertTally(bulk, 3, 26, 3);
    assertTrue(bulk.start(1));
    assertTrue(bulk.cancelRun(1));
    bulk.settledRunReturned(1, false);
    assertTrue(bulk.start(1));
    assertTrue(timesOut(bulk, 1));
    assertTally(bulk, 3, 24, 5);
    assertTrue(bulk.start(2));
    List<PlaceFuture<String, Integer>> taken = take(bulk, 2, 4);
    assertTally(bulk, 3, 20, 5);
    succeeds(taken.get(1), 2, 7);
    assertTally(bulk, 3, 20, 6);
    bulk.endUnstarted(1, tooLong, ended::add);
    assertEquals(8, ended.size());
    assertTally(bulk, 3, 12, 14);
  }

  // The end

  @Test
  void itIsSettledWhenTheLastOfAllSlotsIs() {
    BulkCall<String, Integer> bulk = bulk(3, SHARED, 0, 1, 2);
    for (int slot = 0; slot < SLOTS; slot++) {
      assertTrue(bulk.start(slot));
    }
    for (int slot : new int[] {1, 0, 2}) {
      assertFalse(bulk.isSettled());
      assertEquals(BulkRanges.LEFT, succeeds(bulk, slot));
    }
    assertTrue(bulk.isSettled());
    assertTrue(bulk.isSettled(), "and stays so");
  }

  @Test
  void itIsNotSettledWhileOneOfTheSharesHasAJobThatWasNotStarted() {
    BulkCall<String, Integer> bulk = bulk(3, EVEN, 0, 1, 2);
    for (int slot : new int[] {0, 1}) {
      assertTrue(bulk.start(slot));
      assertEquals(BulkRanges.LEFT, succeeds(bulk, slot));
      assertFalse(bulk.isSettled());
    }
    bulk.endUnstarted(null, ended::add);
    assertTrue(bulk.isSettled());
  }

  @Test
  void whoeverWaitsGoesOnWhenItHasEndedOrItIsTooLate() throws Exception {
    BulkCall<String, Integer> bulk = bulk(1, SHARED, 0);
    try (var _ = lock.hold()) {
      assertFalse(bulk.await(System.nanoTime()));
      bulk.end();
      assertTrue(bulk.await(System.nanoTime()));
      assertTrue(bulk.await(TimedWait.NEVER));
    }
  }

  @Test
  void oneOfNoJobsHasEndedFromTheBeginning() throws Exception {
    BulkCall<String, Integer> bulk = bulk(0, SHARED, 0, 1);
    assertTrue(bulk.isSettled());
    assertTally(bulk, 0, 0, 0);
    try (var _ = lock.hold()) {
      assertTrue(bulk.await(System.nanoTime()));
    }
  }

  @Test
  void itIsOneWorkThatKnowsItsScopeAndSinceWhenItWaits() {
    long before = System.nanoTime();
    JobContext.Scope scope = JobContext.Scope.NONE;
    BulkCall<String, Integer> bulk =
        new BulkCall<>(
            new Object[] {job(0)}, false, SHARED, new int[] {0}, SLOTS, lock.condition(), scope);
    long after = System.nanoTime();
    assertSame(scope, bulk.scope());
    assertEquals(List.of(bulk), bulk.parts());
    long waited = bulk.waitedUntil(after + 1);
    assertTrue(waited > 0 && waited <= after + 1 - before);
  }
}
