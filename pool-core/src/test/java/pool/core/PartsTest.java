package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The positions of a batch, step by step: few parts, which are spread, and many. */
@ParameterizedClass
@ValueSource(ints = {2, 64, 65})
class PartsTest {

  private static final int FAR = Integer.MAX_VALUE - 1; // the largest batch there may be

  private final int count;
  private final int last; // part
  private final Parts parts;

  PartsTest(int count) {
    this.count = count;
    this.last = count - 1;
    this.parts = new Parts(count);
  }

  @Test
  void aPartIsGoneThroughFromItsFirstPositionToItsLast() {
    assertEquals(count, parts.count());
    parts.set(last, FAR - 2, FAR);
    assertFalse(parts.isEmpty(last));
    assertEquals(2, parts.left(last));
    assertEquals(Parts.LEFT, parts.running(last));
    assertFalse(parts.isRunning(last));
    assertEquals(FAR - 2, parts.goOn(last, false));
    assertEquals(FAR - 2, parts.running(last));
    assertTrue(parts.isRunning(last));
    assertEquals(2, parts.left(last), "the one that runs counts");
    assertEquals(FAR - 1, parts.goOn(last, false));
    assertTrue(parts.isEmpty(last));
    assertEquals(1, parts.left(last));
    assertEquals(Parts.LEFT, parts.goOn(last, false));
    assertEquals(0, parts.left(last));
    assertFalse(parts.isRunning(last));
    assertEquals(Parts.LEFT, parts.running(last));
    assertTrue(parts.isEmpty(0), "nobody else's has changed");
  }

  @Test
  void oneThatIsLeftKeepsItsPlace() {
    parts.set(0, 5, 9);
    assertEquals(5, parts.goOn(0, false));
    assertEquals(Parts.LEFT, parts.goOn(0, true));
    assertFalse(parts.isRunning(0));
    assertEquals(3, parts.left(0));
    assertEquals(6, parts.goOn(0, false));
  }

  @Test
  void theLaterHalfIsTakenFromOneOfTheOthers() {
    parts.set(0, 10, 15);
    assertTrue(parts.takeHalf(last));
    assertEquals(2, parts.left(0));
    assertEquals(3, parts.left(last));
    assertEquals(12, parts.goOn(last, false));
    assertEquals(10, parts.goOn(0, false));
    assertEquals(11, parts.goOn(0, false));
    assertEquals(Parts.LEFT, parts.goOn(0, false));
    assertTrue(parts.takeHalf(0), "from the one that took it");
    assertEquals(14, parts.goOn(0, false));
    assertEquals(13, parts.goOn(last, false));
  }

  @Test
  void theLastPositionIsTakenAsAWhole() {
    parts.set(last, 7, 8);
    assertTrue(parts.takeHalf(0));
    assertTrue(parts.isEmpty(last));
    assertEquals(7, parts.goOn(0, false));
    assertFalse(parts.takeHalf(last));
    assertTrue(parts.isEmpty(last));
  }

  @Test
  void whatIsTakenFromOneThatRunsLeavesItRunning() {
    parts.set(0, 0, 3);
    assertEquals(0, parts.goOn(0, false));
    assertTrue(parts.takeHalf(last));
    assertTrue(parts.isRunning(0));
    assertEquals(0, parts.running(0));
    assertEquals(2, parts.left(0));
    assertEquals(1, parts.left(last));
  }

  @Test
  void aPartThatIsEmptiedTellsWhatItHeldAndLetsTheRunGoOn() {
    parts.set(last, 3, FAR);
    assertEquals(3, parts.goOn(last, false));
    long emptied = parts.empty(last);
    assertEquals(4, Parts.first(emptied));
    assertEquals(FAR, Parts.last(emptied));
    assertTrue(parts.isEmpty(last));
    assertTrue(parts.isRunning(last));
    assertEquals(3, parts.running(last));
    assertEquals(1, parts.left(last));
    assertEquals(Parts.LEFT, parts.goOn(last, false));
  }

  @Test
  void aRunIsCancelledOnceAndOnlyIfItIsThatOne() {
    parts.set(0, 5, 9);
    assertFalse(parts.cancel(0, 4), "nothing runs");
    assertEquals(5, parts.goOn(0, false));
    assertFalse(parts.cancel(0, 4));
    assertFalse(parts.cancel(0, 6));
    assertFalse(parts.isCancelled(0));
    assertTrue(parts.cancel(0, 5));
    assertFalse(parts.cancel(0, 5));
    assertTrue(parts.isCancelled(0));
    assertFalse(parts.isRunning(0));
    assertEquals(5, parts.running(0), "until it returns");
    assertFalse(parts.waitAgain(0));
    assertEquals(Parts.LOST, parts.goOn(0, false));
    assertEquals(Parts.LOST, parts.goOn(0, true));
    parts.lost(0);
    assertFalse(parts.isCancelled(0));
    assertEquals(Parts.LEFT, parts.running(0));
    assertEquals(3, parts.left(0));
    assertEquals(6, parts.goOn(0, false));
  }

  @Test
  void aRunThatIsToBeRunAgainIsTheNext() {
    parts.set(last, 5, 9);
    assertEquals(5, parts.goOn(last, false));
    assertTrue(parts.waitAgain(last));
    assertFalse(parts.isRunning(last));
    assertEquals(4, parts.left(last));
    assertEquals(5, parts.goOn(last, false));
  }

  @Test
  void whatIsLeftIsHandedOver() {
    parts.set(0, 5, 9);
    assertEquals(5, parts.goOn(0, false));
    parts.handOver(0, last);
    assertTrue(parts.isEmpty(0));
    assertEquals(5, parts.running(0));
    assertEquals(3, parts.left(last));
    assertEquals(6, parts.goOn(last, false));
  }
}
