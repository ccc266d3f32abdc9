package pool.core.internal.bulk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The positions of a bulk call, step by step: few shares, which are spread, and many. */
@ParameterizedClass
@ValueSource(ints = {2, 64, 65})
class BulkRangesTest {

  private static final int FAR = Integer.MAX_VALUE - 1; // the largest bulk call there may be

  private final int slots;
  private final int last; // slot
  private final BulkRanges ranges;

  BulkRangesTest(int slots) {
    this.slots = slots;
    this.last = slots - 1;
    this.ranges = new BulkRanges(slots);
  }

  private boolean isRunning(int slot) {
    return BulkRanges.hasUnsettledRun(ranges.share(slot));
  }

  private long unsettled(int slot) {
    return BulkRanges.unstarted(ranges.share(slot)) + (isRunning(slot) ? 1 : 0);
  }

  /** The position that a slot starts, or LEFT. */
  private int start(int slot) {
    boolean started = ranges.start(slot);
    assertEquals(started, isRunning(slot));
    return ranges.running(slot);
  }

  private int next(int slot, int position) {
    return ranges.next(slot, position, false);
  }

  private int leave(int slot, int position) {
    return ranges.next(slot, position, true);
  }

  @Test
  void aShareIsGoneThroughFromItsFirstPositionToItsLast() {
    assertEquals(slots, ranges.slots());
    ranges.set(last, FAR - 2, FAR);
    assertFalse(ranges.isEmpty(last));
    assertEquals(2, unsettled(last));
    assertEquals(BulkRanges.LEFT, ranges.running(last));
    assertFalse(isRunning(last));
    assertEquals(FAR - 2, start(last));
    assertEquals(FAR - 2, ranges.running(last));
    assertTrue(isRunning(last));
    assertTrue(ranges.isRunning(last, FAR - 2));
    assertFalse(ranges.isRunning(last, FAR - 1));
    assertEquals(2, unsettled(last), "the one that runs counts");
    assertEquals(FAR - 1, next(last, FAR - 2));
    assertFalse(ranges.isRunning(last, FAR - 2));
    assertTrue(ranges.isRunning(last, FAR - 1));
    assertTrue(ranges.isEmpty(last));
    assertEquals(1, unsettled(last));
    assertEquals(BulkRanges.LEFT, next(last, FAR - 1));
    assertEquals(0, unsettled(last));
    assertFalse(isRunning(last));
    assertFalse(ranges.isRunning(last, FAR - 1));
    assertEquals(BulkRanges.LEFT, ranges.running(last));
    assertEquals(BulkRanges.LEFT, start(last), "it is empty");
    assertTrue(ranges.isEmpty(0), "nobody else's has changed");
  }

  @Test
  void aShareIsSeenAsItWasAtOneMoment() {
    ranges.set(last, 3, 9);
    long before = ranges.share(last);
    assertEquals(3, start(last));
    long running = ranges.share(last);
    assertTrue(ranges.settle(last, 3));
    long settled = ranges.share(last);
    assertEquals(6, BulkRanges.unstarted(before));
    assertFalse(BulkRanges.hasUnsettledRun(before));
    assertEquals(5, BulkRanges.unstarted(running));
    assertTrue(BulkRanges.hasUnsettledRun(running));
    assertEquals(5, BulkRanges.unstarted(settled));
    assertFalse(BulkRanges.hasUnsettledRun(settled), "it is settled");
  }

  @Test
  void theLargestBulkCallIsOneShare() {
    ranges.set(0, 0, Integer.MAX_VALUE);
    assertEquals(Integer.MAX_VALUE, unsettled(0));
    assertEquals(0, start(0));
    assertEquals(1, next(0, 0));
    assertEquals(Integer.MAX_VALUE - 1L, unsettled(0));
    assertTrue(ranges.takeHalf(last));
    assertEquals(Integer.MAX_VALUE - 1L, unsettled(0) + unsettled(last));
  }

  @Test
  void oneThatIsLeftKeepsItsPlace() {
    ranges.set(0, 5, 9);
    assertEquals(5, start(0));
    assertEquals(BulkRanges.LEFT, leave(0, 5));
    assertFalse(isRunning(0));
    assertEquals(3, unsettled(0));
    assertEquals(6, start(0));
  }

  @Test
  void onlyThePositionThatRunsCanBeEnded() {
    ranges.set(0, 5, 9);
    assertEquals(BulkRanges.LOST, next(0, 4), "nothing runs");
    assertEquals(5, start(0));
    assertEquals(BulkRanges.LOST, next(0, 4));
    assertEquals(BulkRanges.LOST, leave(0, 6));
    assertEquals(6, next(0, 5));
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(BulkRanges.LEFT, leave(0, 6));
    assertEquals(BulkRanges.LOST, leave(0, 6));
    assertEquals(2, unsettled(0));
  }

  @Test
  void theLaterHalfIsTakenFromOneOfTheOthers() {
    ranges.set(0, 10, 15);
    assertTrue(ranges.takeHalf(last));
    assertEquals(2, unsettled(0));
    assertEquals(3, unsettled(last));
    assertEquals(12, start(last));
    assertEquals(10, start(0));
    assertEquals(11, next(0, 10));
    assertEquals(BulkRanges.LEFT, next(0, 11));
    assertTrue(ranges.takeHalf(0), "from the one that took it");
    assertEquals(14, start(0));
    assertEquals(13, next(last, 12));
    assertEquals(BulkRanges.LEFT, next(last, 13));
    assertEquals(BulkRanges.LEFT, next(0, 14));
    assertFalse(ranges.takeHalf(0), "all are empty");
  }

  @Test
  void theLastPositionIsTakenAsAWhole() {
    ranges.set(last, 7, 8);
    assertTrue(ranges.takeHalf(0));
    assertTrue(ranges.isEmpty(last));
    assertEquals(7, start(0));
    assertFalse(ranges.takeHalf(last));
    assertTrue(ranges.isEmpty(last));
  }

  @Test
  void whatIsTakenFromOneThatRunsLeavesItRunning() {
    ranges.set(0, 0, 3);
    assertEquals(0, start(0));
    assertTrue(ranges.takeHalf(last));
    assertTrue(isRunning(0));
    assertEquals(0, ranges.running(0));
    assertEquals(2, unsettled(0));
    assertEquals(1, unsettled(last));
    assertEquals(1, next(0, 0));
    assertEquals(BulkRanges.LEFT, next(0, 1));
  }

  @Test
  void whatIsTakenFromOneWhoseRunHasSettledLeavesItSettled() {
    ranges.set(0, 0, 3);
    assertEquals(0, start(0));
    assertTrue(ranges.settle(0, 0));
    assertTrue(ranges.takeHalf(last));
    assertTrue(ranges.isRunningSettled(0));
    assertEquals(BulkRanges.LOST, next(0, 0));
    assertEquals(1, unsettled(0));
    assertEquals(2, start(last));
  }

  @Test
  void aShareThatIsEmptiedTellsWhatItHeldAndLetsTheRunGoOn() {
    ranges.set(last, 3, FAR);
    assertEquals(3, start(last));
    long emptied = ranges.empty(last);
    assertEquals(4, BulkRanges.first(emptied));
    assertEquals(FAR, BulkRanges.last(emptied));
    assertTrue(ranges.isEmpty(last));
    assertTrue(isRunning(last));
    assertEquals(3, ranges.running(last));
    assertEquals(1, unsettled(last));
    assertEquals(BulkRanges.LEFT, next(last, 3));
    assertEquals(0, unsettled(last));
  }

  @Test
  void aRunIsSettledOnceAndOnlyIfItIsThatOne() {
    ranges.set(0, 5, 9);
    assertFalse(ranges.settle(0, 4), "nothing runs");
    assertEquals(5, start(0));
    assertFalse(ranges.settle(0, 4));
    assertFalse(ranges.settle(0, 6));
    assertFalse(ranges.isRunningSettled(0));
    assertTrue(ranges.settle(0, 5));
    assertFalse(ranges.settle(0, 5));
    assertTrue(ranges.isRunningSettled(0));
    assertFalse(isRunning(0));
    assertFalse(ranges.isRunning(0, 5));
    assertEquals(5, ranges.running(0), "until it returns");
    assertEquals(3, unsettled(0));
    assertFalse(ranges.take(0, 5, 1));
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(BulkRanges.LOST, leave(0, 5));
    ranges.settledRunReturned(0);
    assertFalse(ranges.isRunningSettled(0));
    assertEquals(BulkRanges.LEFT, ranges.running(0));
    assertEquals(3, unsettled(0));
    assertEquals(6, start(0));
  }

  @Test
  void aRunThatHasEndedIsNotSettledAnyMore() {
    ranges.set(0, 5, 9);
    assertEquals(5, start(0));
    assertEquals(6, next(0, 5));
    assertFalse(ranges.settle(0, 5));
    assertTrue(ranges.isRunning(0, 6));
    assertEquals(BulkRanges.LEFT, leave(0, 6));
    assertFalse(ranges.settle(0, 6));
    assertFalse(ranges.isRunningSettled(0));
  }

  @Test
  void aRunThatIsTakenOutNeverRunsHereAgain() {
    ranges.set(last, 5, 9);
    assertFalse(ranges.take(last, 5, 1), "nothing runs");
    assertEquals(5, start(last));
    assertFalse(ranges.take(last, 4, 1));
    assertFalse(ranges.take(last, 6, 1));
    assertTrue(ranges.take(last, 5, 1));
    assertFalse(ranges.take(last, 5, 1));
    assertFalse(isRunning(last));
    assertEquals(3, unsettled(last));
    assertEquals(6, start(last));
  }

  @Test
  void anAbandonedWorkerThatComesBackHasLostWhateverItsSuccessorRuns() {
    ranges.set(0, 5, 9);
    assertEquals(5, start(0));
    assertTrue(ranges.settle(0, 5));
    ranges.settledRunReturned(0); // the worker is abandoned
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(6, start(0), "its successor goes on with the share");
    assertFalse(ranges.isRunning(0, 5));
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(BulkRanges.LOST, leave(0, 5));
    assertFalse(ranges.take(0, 5, 1));
    assertFalse(ranges.settle(0, 5));
    assertEquals(6, ranges.running(0));
    assertTrue(ranges.settle(0, 6));
    assertEquals(BulkRanges.LOST, next(0, 5), "nor has it ended the successor's");
    assertTrue(ranges.isRunningSettled(0));
    ranges.settledRunReturned(0);
    assertEquals(7, start(0));
    assertEquals(8, next(0, 7));
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(BulkRanges.LEFT, next(0, 8));
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(0, unsettled(0));
  }

  @Test
  void anAbandonedWorkerHasLostAlsoWhenItsSuccessorHasTakenFromOthers() {
    ranges.set(0, 5, 6);
    ranges.set(last, 0, 5);
    assertEquals(5, start(0));
    assertTrue(ranges.settle(0, 5));
    ranges.settledRunReturned(0);
    assertTrue(ranges.takeHalf(0));
    assertEquals(2, start(0));
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(3, next(0, 2));
    assertEquals(4, next(0, 3));
    assertEquals(BulkRanges.LOST, next(0, 5));
    assertEquals(BulkRanges.LEFT, next(0, 4));
    assertEquals(BulkRanges.LOST, next(0, 5), "whose range ends where it was");
    assertEquals(2, unsettled(last));
  }
}
