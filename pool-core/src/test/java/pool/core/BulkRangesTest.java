package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The positions of a bulk call, step by step: few parts, which are spread, and many. */
@ParameterizedClass
@ValueSource(ints = {2, 64, 65})
class BulkRangesTest {

  private static final int FAR = Integer.MAX_VALUE - 1; // the largest bulk call there may be

  private final int count;
  private final int last; // part
  private final BulkRanges ranges;

  BulkRangesTest(int count) {
    this.count = count;
    this.last = count - 1;
    this.ranges = new BulkRanges(count);
  }

  @Test
  void aPartIsGoneThroughFromItsFirstPositionToItsLast() {
    assertEquals(count, ranges.count());
    ranges.set(last, FAR - 2, FAR);
    assertFalse(ranges.isEmpty(last));
    assertEquals(2, ranges.left(last));
    assertEquals(BulkRanges.LEFT, ranges.running(last));
    assertFalse(ranges.isRunning(last));
    assertEquals(FAR - 2, ranges.goOn(last, false));
    assertEquals(FAR - 2, ranges.running(last));
    assertTrue(ranges.isRunning(last));
    assertEquals(2, ranges.left(last), "the one that runs counts");
    assertEquals(FAR - 1, ranges.goOn(last, false));
    assertTrue(ranges.isEmpty(last));
    assertEquals(1, ranges.left(last));
    assertEquals(BulkRanges.LEFT, ranges.goOn(last, false));
    assertEquals(0, ranges.left(last));
    assertFalse(ranges.isRunning(last));
    assertEquals(BulkRanges.LEFT, ranges.running(last));
    assertTrue(ranges.isEmpty(0), "nobody else's has changed");
  }

  @Test
  void oneThatIsLeftKeepsItsPlace() {
    ranges.set(0, 5, 9);
    assertEquals(5, ranges.goOn(0, false));
    assertEquals(BulkRanges.LEFT, ranges.goOn(0, true));
    assertFalse(ranges.isRunning(0));
    assertEquals(3, ranges.left(0));
    assertEquals(6, ranges.goOn(0, false));
  }

  @Test
  void theLaterHalfIsTakenFromOneOfTheOthers() {
    ranges.set(0, 10, 15);
    assertTrue(ranges.takeHalf(last));
    assertEquals(2, ranges.left(0));
    assertEquals(3, ranges.left(last));
    assertEquals(12, ranges.goOn(last, false));
    assertEquals(10, ranges.goOn(0, false));
    assertEquals(11, ranges.goOn(0, false));
    assertEquals(BulkRanges.LEFT, ranges.goOn(0, false));
    assertTrue(ranges.takeHalf(0), "from the one that took it");
    assertEquals(14, ranges.goOn(0, false));
    assertEquals(13, ranges.goOn(last, false));
  }

  @Test
  void theLastPositionIsTakenAsAWhole() {
    ranges.set(last, 7, 8);
    assertTrue(ranges.takeHalf(0));
    assertTrue(ranges.isEmpty(last));
    assertEquals(7, ranges.goOn(0, false));
    assertFalse(ranges.takeHalf(last));
    assertTrue(ranges.isEmpty(last));
  }

  @Test
  void whatIsTakenFromOneThatRunsLeavesItRunning() {
    ranges.set(0, 0, 3);
    assertEquals(0, ranges.goOn(0, false));
    assertTrue(ranges.takeHalf(last));
    assertTrue(ranges.isRunning(0));
    assertEquals(0, ranges.running(0));
    assertEquals(2, ranges.left(0));
    assertEquals(1, ranges.left(last));
  }

  @Test
  void aPartThatIsEmptiedTellsWhatItHeldAndLetsTheRunGoOn() {
    ranges.set(last, 3, FAR);
    assertEquals(3, ranges.goOn(last, false));
    long emptied = ranges.empty(last);
    assertEquals(4, BulkRanges.first(emptied));
    assertEquals(FAR, BulkRanges.last(emptied));
    assertTrue(ranges.isEmpty(last));
    assertTrue(ranges.isRunning(last));
    assertEquals(3, ranges.running(last));
    assertEquals(1, ranges.left(last));
    assertEquals(BulkRanges.LEFT, ranges.goOn(last, false));
  }

  @Test
  void aRunIsCancelledOnceAndOnlyIfItIsThatOne() {
    ranges.set(0, 5, 9);
    assertFalse(ranges.cancel(0, 4), "nothing runs");
    assertEquals(5, ranges.goOn(0, false));
    assertFalse(ranges.cancel(0, 4));
    assertFalse(ranges.cancel(0, 6));
    assertFalse(ranges.isCancelled(0));
    assertTrue(ranges.cancel(0, 5));
    assertFalse(ranges.cancel(0, 5));
    assertTrue(ranges.isCancelled(0));
    assertFalse(ranges.isRunning(0));
    assertEquals(5, ranges.running(0), "until it returns");
    assertFalse(ranges.waitAgain(0));
    assertEquals(BulkRanges.LOST, ranges.goOn(0, false));
    assertEquals(BulkRanges.LOST, ranges.goOn(0, true));
    ranges.lost(0);
    assertFalse(ranges.isCancelled(0));
    assertEquals(BulkRanges.LEFT, ranges.running(0));
    assertEquals(3, ranges.left(0));
    assertEquals(6, ranges.goOn(0, false));
  }

  @Test
  void aRunThatIsToBeRunAgainIsTheNext() {
    ranges.set(last, 5, 9);
    assertEquals(5, ranges.goOn(last, false));
    assertTrue(ranges.waitAgain(last));
    assertFalse(ranges.isRunning(last));
    assertEquals(4, ranges.left(last));
    assertEquals(5, ranges.goOn(last, false));
  }

  @Test
  void whatIsLeftIsHandedOver() {
    ranges.set(0, 5, 9);
    assertEquals(5, ranges.goOn(0, false));
    ranges.handOver(0, last);
    assertTrue(ranges.isEmpty(0));
    assertEquals(5, ranges.running(0));
    assertEquals(3, ranges.left(last));
    assertEquals(6, ranges.goOn(last, false));
  }
}
