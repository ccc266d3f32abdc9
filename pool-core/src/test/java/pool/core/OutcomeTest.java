package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class OutcomeTest {

  @Test
  void aResultIsReturned() {
    assertTrue(new Outcome.Succeeded<>("job", 1).isSucceeded());
    assertEquals(1, new Outcome.Succeeded<>("job", 1).orElseThrow());
    assertNull(new Outcome.Succeeded<>("job", null).orElseThrow());
  }

  @Test
  void aFailureIsThrownWithItsJobAndCause() {
    IllegalStateException cause = new IllegalStateException("no");
    Outcome<String, Integer> failed = new Outcome.Failed<>("a", cause);
    assertFalse(failed.isSucceeded());
    JobFailedException e = assertThrows(JobFailedException.class, failed::orElseThrow);
    assertSame(cause, e.getCause());
    assertEquals("a", e.job());
    assertEquals(-1, e.index());
    assertEquals("job failed: a: java.lang.IllegalStateException: no", e.getMessage());
    Object silent =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("no text");
          }
        };
    String message = new JobFailedException(silent, 3, new IOException("bad")).getMessage();
    assertEquals(
        "job 3 failed: " + silent.getClass().getName() + ": java.io.IOException: bad", message);
  }

  @Test
  void whatWasNotDoneIsThrownToo() {
    assertFalse(new Outcome.Cancelled<>("a").isSucceeded());
    assertThrows(CancellationException.class, new Outcome.Cancelled<>("a")::orElseThrow);
    assertFalse(new Outcome.NotStarted<>("a").isSucceeded());
    assertThrows(PoolClosedException.class, new Outcome.NotStarted<>("a")::orElseThrow);
  }
}
