package pool.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is known of jobs that broke their workers. */
class AttemptsTest {

  private final Attempts attempts = new Attempts(3, 3);
  private final Object job = new Object();
  private final IOException first = new IOException("first");
  private final IOException second = new IOException("second");
  private final IOException last = new IOException("last");

  @Test
  void aJobIsRunAsOftenAsIsAllowed() {
    assertTrue(attempts.noteBroken(job, first));
    assertTrue(attempts.noteBroken(job, second));
    assertFalse(attempts.noteBroken(job, last));
  }

  @Test
  void severalRunsAreAllowedFromTwoOn() {
    assertFalse(new Attempts(1, 3).mayBreakWorkers());
    assertTrue(new Attempts(2, 3).mayBreakWorkers());
    assertFalse(new Attempts(1, 3).noteBroken(job, first));
    assertTrue(new Attempts(2, 3).noteBroken(job, first));
  }

  @Test
  void eachJobIsCountedForItself() {
    Object other = new Object();
    Attempts two = new Attempts(2, 3);
    assertTrue(two.noteBroken(job, first));
    assertTrue(two.noteBroken(other, second));
    assertFalse(two.noteBroken(job, last));
    assertSame(last, two.remove(job));
    assertSame(second, two.remove(other));
  }

  @Test
  void aJobIsHeldFromItsFirstBrokenWorkerUntilItIsOver() {
    assertFalse(attempts.hasAny());
    assertFalse(attempts.hasBroken(job));
    assertNull(attempts.remove(job));
    assertTrue(attempts.noteBroken(job, first));
    assertTrue(attempts.hasAny());
    assertTrue(attempts.hasBroken(job));
    assertSame(first, attempts.remove(job));
    assertFalse(attempts.hasAny());
    assertFalse(attempts.hasBroken(job));
    assertNull(attempts.remove(job));
  }

  @Test
  void thereAreSomeUntilTheLastIsOver() {
    Object other = new Object();
    assertTrue(attempts.noteBroken(job, first));
    assertTrue(attempts.noteBroken(other, second));
    assertSame(first, attempts.remove(job));
    assertTrue(attempts.hasAny());
    assertNull(attempts.remove(job));
    assertTrue(attempts.hasAny());
    assertSame(second, attempts.remove(other));
    assertFalse(attempts.hasAny());
  }

  @Test
  void theLastFailureIsToldAndStaysAsItIs() {
    assertTrue(attempts.noteBroken(job, first));
    assertTrue(attempts.noteBroken(job, second));
    assertFalse(attempts.noteBroken(job, last));
    assertSame(last, attempts.remove(job));
    assertArrayEquals(new Throwable[0], last.getSuppressed());
  }

  @Test
  void retriesAreCountedApartFromWorkers() {
    Attempts two = new Attempts(3, 2);
    assertTrue(two.noteRetry(job));
    assertTrue(two.noteBroken(job, first));
    assertTrue(two.noteRetry(job));
    assertFalse(two.noteRetry(job));
    assertEquals(2, two.retries(job));
    assertTrue(two.hasBroken(job));
    assertSame(first, two.remove(job));
    assertEquals(0, two.retries(job));
    assertFalse(two.hasAny());
    assertFalse(new Attempts(3, 0).noteRetry(job));
  }
}
