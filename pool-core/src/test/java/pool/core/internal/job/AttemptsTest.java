package pool.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is known of jobs that broke their workers. */
class AttemptsTest {

  private record Place(int index) {}

  private final Attempts attempts = new Attempts(3);
  private final Object job = new Object();
  private final IOException first = new IOException("first");
  private final IOException second = new IOException("second");
  private final IOException last = new IOException("last");

  @Test
  void aJobIsRunAsOftenAsIsAllowed() {
    assertTrue(attempts.note(job, first));
    assertTrue(attempts.note(job, second));
    assertFalse(attempts.note(job, last));
  }

  @Test
  void severalRunsAreAllowedFromTwoOn() {
    assertFalse(new Attempts(1).areAllowed());
    assertTrue(new Attempts(2).areAllowed());
    assertFalse(new Attempts(1).note(job, first));
    assertTrue(new Attempts(2).note(job, first));
  }

  @Test
  void eachJobIsCountedForItself() {
    Object other = new Object();
    Attempts two = new Attempts(2);
    assertTrue(two.note(job, first));
    assertTrue(two.note(other, second));
    assertFalse(two.note(job, last));
    assertSame(last, two.remove(job));
    assertSame(second, two.remove(other));
  }

  @Test
  void aJobOfABulkCallIsKnownByItsPlace() {
    assertTrue(attempts.note(new Place(7), first));
    assertTrue(attempts.holds(new Place(7)));
    assertFalse(attempts.holds(new Place(8)));
    assertNull(attempts.remove(new Place(8)));
    assertSame(first, attempts.remove(new Place(7)));
  }

  @Test
  void aJobIsHeldFromItsFirstBrokenWorkerUntilItIsOver() {
    assertFalse(attempts.hasAny());
    assertFalse(attempts.holds(job));
    assertNull(attempts.remove(job));
    assertTrue(attempts.note(job, first));
    assertTrue(attempts.hasAny());
    assertTrue(attempts.holds(job));
    assertSame(first, attempts.remove(job));
    assertFalse(attempts.hasAny());
    assertFalse(attempts.holds(job));
    assertNull(attempts.remove(job));
  }

  @Test
  void thereAreSomeUntilTheLastIsOver() {
    Object other = new Object();
    assertTrue(attempts.note(job, first));
    assertTrue(attempts.note(other, second));
    assertSame(first, attempts.remove(job));
    assertTrue(attempts.hasAny());
    assertNull(attempts.remove(job));
    assertTrue(attempts.hasAny());
    assertSame(second, attempts.remove(other));
    assertFalse(attempts.hasAny());
  }

  @Test
  void theLastFailureIsToldAndStaysAsItIs() {
    assertTrue(attempts.note(job, first));
    assertTrue(attempts.note(job, second));
    assertFalse(attempts.note(job, last));
    assertSame(last, attempts.remove(job));
    assertArrayEquals(new Throwable[0], last.getSuppressed());
  }
}
