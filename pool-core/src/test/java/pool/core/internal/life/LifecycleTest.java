package pool.core.internal.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pool.core.PoolBrokenException;
import pool.core.PoolState;
import pool.core.TestSettings;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.util.TimedWait;

/** The life of a pool of two workers. */
class LifecycleTest {

  private static final Duration OPEN_TIMEOUT = Duration.ofMinutes(5);

  private final Lifecycle life = life(2);

  private static Lifecycle life(int minOpen) {
    return new Lifecycle(
        new PoolEvents("echo", null),
        TestSettings.with(
            builder -> builder.workers(2).minOpen(minOpen).openTimeout(OPEN_TIMEOUT)));
  }

  private void open() {
    life.beginOpening();
    life.workerOpened();
    life.workerOpened();
    assertEquals(PoolState.OPEN, life.state());
  }

  @Test
  void aPoolIsOpenWhenEveryWorkerIsAndDegradedWhileOneIsNot() {
    assertEquals(PoolState.OPENING, life.state());
    assertFalse(life.acceptsJobs());
    life.beginOpening();
    life.workerOpened();
    life.workerLeft();
    life.workerOpened();
    assertEquals(PoolState.OPENING, life.state());
    assertTrue(life.isOpening());
    assertFalse(life.acceptsJobs());
    life.workerOpened();
    assertEquals(PoolState.OPEN, life.state());
    assertFalse(life.isOpening());
    assertTrue(life.acceptsJobs());
    life.workerLeft();
    assertEquals(PoolState.DEGRADED, life.state());
    assertTrue(life.acceptsJobs());
    life.workerLeft();
    life.workerOpened();
    assertEquals(PoolState.DEGRADED, life.state());
    life.workerOpened();
    assertEquals(PoolState.OPEN, life.state());
    assertFalse(life.isClosing());
    assertFalse(life.isDrained());
    assertFalse(life.isStopped());
    assertFalse(life.isClosed());
  }

  @Test
  void aPoolIsDegradedAsSoonAsEnoughWorkersAreOpen() {
    Lifecycle one = life(1);
    one.beginOpening();
    assertEquals(PoolState.OPENING, one.state());
    one.workerOpened();
    assertEquals(PoolState.DEGRADED, one.state());
    assertTrue(one.acceptsJobs());
    one.workerOpened();
    assertEquals(PoolState.OPEN, one.state());
  }

  /** There is nothing left that a worker would be opened for. */
  @Test
  void aPoolThatHasDrainedDoesNotBreak() {
    open();
    assertTrue(life.beginClosing());
    life.workerLeft();
    life.workerLeft();
    assertTrue(life.untilBroken() <= OPEN_TIMEOUT.toNanos());
    life.drained();
    assertEquals(TimedWait.NEVER, life.untilBroken());
  }

  @Test
  void aPoolThatNeedsNoWorkerIsDegradedAtOnce() {
    Lifecycle none = life(0);
    assertTrue(none.isOpening());
    none.beginOpening();
    assertEquals(PoolState.DEGRADED, none.state());
    assertTrue(none.acceptsJobs());
  }

  @Test
  void closingBeginsOnceAndIsNeverGoneBackOn() {
    open();
    assertTrue(life.beginClosing());
    assertFalse(life.beginClosing());
    life.workerLeft();
    life.workerOpened();
    assertEquals(PoolState.CLOSING, life.state());
    assertTrue(life.isClosing());
    assertFalse(life.acceptsJobs());
    assertFalse(life.isDrained());
    assertFalse(life.isStopped());
    assertFalse(life.isClosed());
    life.closed();
    assertEquals(PoolState.CLOSED, life.state());
    assertTrue(life.isClosed());
    assertTrue(life.isClosing());
    assertTrue(life.isStopped());
    assertFalse(life.isDrained());
    assertFalse(life.beginClosing());
    assertFalse(life.stop());
  }

  @Test
  void aPoolThatClosesIsDrainedWhenAllHasSettledAndNeverBefore() {
    life.drained();
    assertEquals(PoolState.OPENING, life.state());
    open();
    life.drained();
    assertEquals(PoolState.OPEN, life.state());
    assertTrue(life.beginClosing());
    life.drained();
    assertTrue(life.isDrained());
    assertEquals(PoolState.CLOSING, life.state());
    assertTrue(life.isClosing());
    assertFalse(life.isStopped());
    assertFalse(life.acceptsJobs());
    life.drained();
    life.workerLeft();
    life.workerOpened();
    assertTrue(life.isDrained());
    assertFalse(life.beginClosing());
    assertTrue(life.stop());
    assertFalse(life.isDrained());
    life.drained();
    assertFalse(life.isDrained(), "it is stopped");
    assertTrue(life.isStopped());
  }

  @Test
  void whoStopsAPoolFirstIsToldAndItIsClosing() {
    open();
    assertTrue(life.stop());
    assertTrue(life.isStopped());
    assertEquals(PoolState.CLOSING, life.state());
    assertTrue(life.isClosing());
    assertFalse(life.acceptsJobs());
    assertFalse(life.stop());
    assertFalse(life.beginClosing());
  }

  @Test
  void aPoolThatIsStoppedWhileItOpensDoesNotBecomeOpen() {
    life.beginOpening();
    life.workerOpened();
    assertTrue(life.stop());
    life.workerOpened();
    assertEquals(PoolState.CLOSING, life.state());
    assertFalse(life.isOpening());
  }

  @Test
  void threadsLiveFromBeforeTheirStartToTheirEnd() {
    assertEquals(0, life.living());
    life.threadsStart(2);
    assertEquals(2, life.living());
    life.threadEnded();
    life.threadsStart(1);
    assertEquals(2, life.living());
    life.threadEnded();
    life.threadEnded();
    assertEquals(0, life.living());
  }

  // Broken

  private static void assertAboutOpenTimeout(long nanos) {
    assertTrue(
        nanos <= OPEN_TIMEOUT.toNanos() && nanos > OPEN_TIMEOUT.minusMinutes(1).toNanos(),
        () -> nanos + " ns");
  }

  @Test
  void aPoolBreaksSomeTimeAfterItsLastWorkerHasLeft() {
    life.beginOpening();
    assertEquals(TimedWait.NEVER, life.untilBroken(), "its opener keeps time");
    life.workerOpened();
    life.workerOpened();
    assertEquals(TimedWait.NEVER, life.untilBroken());
    life.workerLeft();
    assertEquals(TimedWait.NEVER, life.untilBroken());
    life.workerLeft();
    assertAboutOpenTimeout(life.untilBroken());
    life.workerOpened();
    assertEquals(TimedWait.NEVER, life.untilBroken());
    life.workerLeft();
    assertTrue(life.beginClosing());
    assertAboutOpenTimeout(life.untilBroken());
    life.closed();
    assertEquals(TimedWait.NEVER, life.untilBroken());
  }

  @Test
  void aPoolThatNeedsNoWorkerMayBreakBeforeTheFirstIsOpen() {
    Lifecycle none = life(0);
    assertEquals(TimedWait.NEVER, none.untilBroken());
    none.beginOpening();
    assertAboutOpenTimeout(none.untilBroken());
  }

  @Test
  void aPoolIsBrokenUntilAWorkerOpens() {
    open();
    life.workerLeft();
    life.workerLeft();
    assertNull(life.broken());
    PoolBrokenException cause = new PoolBrokenException("no worker", null);
    life.breaks(cause);
    assertSame(cause, life.broken());
    assertEquals(TimedWait.NEVER, life.untilBroken(), "it is");
    assertEquals(PoolState.DEGRADED, life.state());
    assertTrue(life.acceptsJobs());
    life.workerOpened();
    assertNull(life.broken());
    assertEquals(PoolState.DEGRADED, life.state());
  }

  @Test
  void whyNoJobIsAcceptedNamesThePoolAndWhetherItIsClosed() {
    open();
    assertTrue(life.beginClosing());
    assertEquals(
        "pool 'echo' is closing: no job is accepted",
        life.closedCause("no job is accepted").getMessage());
    life.closed();
    assertEquals("pool 'echo' is closed: too late", life.closedCause("too late").getMessage());
  }
}
