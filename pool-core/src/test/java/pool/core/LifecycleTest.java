package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LifecycleTest {

  private final Lifecycle life = new Lifecycle(new PoolEvents("p", null));

  @Test
  void aPoolIsOpenWhenEveryWorkerIsAndDegradedWhileOneIsNot() {
    assertEquals(PoolState.OPENING, life.state());
    assertFalse(life.acceptsJobs());
    life.workerLeft();
    assertEquals(PoolState.OPENING, life.state());
    life.everyWorkerIsOpen();
    assertEquals(PoolState.OPEN, life.state());
    assertTrue(life.acceptsJobs());
    life.workerLeft();
    assertEquals(PoolState.DEGRADED, life.state());
    assertTrue(life.acceptsJobs());
    life.everyWorkerIsOpen();
    assertEquals(PoolState.OPEN, life.state());
    assertFalse(life.isClosing());
    assertFalse(life.isStopped());
    assertFalse(life.isClosed());
  }

  @Test
  void closingBeginsOnceAndIsNeverGoneBackOn() {
    life.everyWorkerIsOpen();
    assertTrue(life.beginClosing());
    assertFalse(life.beginClosing());
    life.everyWorkerIsOpen();
    life.workerLeft();
    assertEquals(PoolState.CLOSING, life.state());
    assertTrue(life.isClosing());
    assertFalse(life.acceptsJobs());
    assertFalse(life.isStopped());
    assertFalse(life.isClosed());
    life.closed();
    assertEquals(PoolState.CLOSED, life.state());
    assertTrue(life.isClosed());
    assertTrue(life.isClosing());
    assertFalse(life.beginClosing());
  }

  @Test
  void whoStopsAPoolFirstIsToldAndItIsClosing() {
    life.everyWorkerIsOpen();
    assertTrue(life.stop());
    assertTrue(life.isStopped());
    assertEquals(PoolState.CLOSING, life.state());
    assertFalse(life.stop());
  }
}
