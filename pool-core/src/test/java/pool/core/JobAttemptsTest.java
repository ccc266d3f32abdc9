package pool.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class JobAttemptsTest {

  private final IOException first = new IOException("first");
  private final IOException second = new IOException("second");
  private final IOException last = new IOException("last");

  @Test
  void thereAreAsManyAsWereAllowed() {
    JobAttempts tries = new JobAttempts(2);
    assertTrue(tries.mayTryAgain());
    tries.broke(first);
    assertTrue(tries.mayTryAgain());
    tries.broke(second);
    assertFalse(tries.mayTryAgain());
  }

  @Test
  void theLastFailureSuppressesTheOthersInTheirOrder() {
    JobAttempts tries = new JobAttempts(3);
    tries.broke(first);
    tries.broke(second);
    tries.broke(last);
    assertSame(last, tries.failure());
    assertArrayEquals(new Throwable[] {first, second}, last.getSuppressed());
  }

  @Test
  void aFailureThatIsThrownAgainDoesNotSuppressItself() {
    JobAttempts tries = new JobAttempts(3);
    tries.broke(last);
    tries.broke(first);
    tries.broke(last);
    assertSame(last, tries.failure());
    assertArrayEquals(new Throwable[] {first}, last.getSuppressed());
  }
}
