package pool.core.internal.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exceptions of foreign code, which do what they like. */
@SuppressWarnings("serial") // nobody writes them
@Timeout(30)
class FailureTextTest {

  @Test
  void theInnermostCauseIsTold() {
    Exception cause = new IllegalStateException("no licence");
    assertEquals(
        "java.lang.IllegalStateException: no licence",
        FailureText.of(new RuntimeException(new Error("outer", cause))));
    assertEquals("not found", FailureText.of(new ServiceConfigurationError("not found")));
    assertEquals(
        "java.lang.Exception: cannot reach jdbc:postgresql://***@db/x",
        FailureText.of(new Exception("cannot reach jdbc:postgresql://app:hunter2@db/x")));
  }

  @Test
  void causesThatGoRound() {
    Exception one = new Exception("one");
    Exception two = new Exception("two", one);
    one.initCause(two);
    assertEquals("java.lang.Exception: two", FailureText.of(one));
    assertEquals("java.lang.Exception: two", FailureText.of(new Exception("three", one)));
  }

  private static class Endless extends Exception {
    private final int depth;

    Endless(int depth) {
      super("cause " + depth);
      this.depth = depth;
    }

    @Override
    public synchronized Throwable getCause() {
      return new Endless(depth + 1);
    }
  }

  @Test
  void causesWithoutEnd() {
    assertTrue(FailureText.of(new Endless(0)).endsWith("Endless: cause 99"));
  }

  /** What a subclass does instead. */
  private static class Hostile extends Exception {
    @Override
    public String toString() {
      return "hostile";
    }
  }

  @Test
  void aCauseThatCannotBeHad() {
    Exception hostile =
        new Hostile() {
          @Override
          public synchronized Throwable getCause() {
            throw new StackOverflowError();
          }
        };
    assertEquals("hostile", FailureText.of(new Exception(hostile)));
  }

  @Test
  void aMessageThatCannotBeHad() {
    Exception hostile =
        new Hostile() {
          @Override
          public String toString() {
            throw new IllegalStateException("no message");
          }
        };
    assertEquals(
        hostile.getClass().getName()
            + ", whose message cannot be read: java.lang.IllegalStateException",
        FailureText.of(hostile));
  }

  @Test
  void aMessageThatDoesNotCome() {
    Exception hostile =
        new Hostile() {
          @Override
          public String toString() {
            while (!Thread.currentThread().isInterrupted()) {
              Thread.onSpinWait();
            }
            return "late";
          }
        };
    assertEquals(
        hostile.getClass().getName()
            + ", whose message cannot be read: java.util.concurrent.TimeoutException",
        FailureText.of(hostile));
  }

  @Test
  void aLongMessageAndOneOfManyLines() {
    String text = FailureText.of(new Error("line\r\nline\n" + "x".repeat(5_000_000)));
    assertTrue(text.startsWith("java.lang.Error: line line xxx"), text);
    assertTrue(text.matches(".*xxx\\.\\.\\. \\(4999\\d\\d\\d more characters\\)"), text);
    assertTrue(text.length() <= 1_000);
    assertEquals(text, FailureText.shortened(text), "it is said once how much is missing");
  }

  @Test
  void anInterruptIsKept() {
    Thread.currentThread().interrupt();
    assertEquals("java.lang.Error: text", FailureText.of(new Error("text")));
    assertTrue(Thread.interrupted());
  }
}
