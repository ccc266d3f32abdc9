package pool.core.internal.discovery;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.ServiceConfigurationError;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;

/**
 * Says why foreign code failed. Its exceptions are foreign code, too: causes may go round in a
 * circle or never end, and messages may throw, hang, or be megabytes long.
 */
public final class FailureText {

  private static final int MOST_CAUSES = 100;
  private static final int LONGEST = 1_000;
  private static final int HEAD = 950; // of a longer text, with what is said of the rest
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private FailureText() {}

  /** The innermost cause and its message, on one line. */
  public static String of(Throwable thrown) {
    String type = thrown.getClass().getName();
    try {
      return BoundedCall.call("failure-text", PATIENCE, () -> text(thrown));
    } catch (Throwable e) {
      return type + ", whose message cannot be read: " + e.getClass().getName();
    }
  }

  private static String text(Throwable thrown) {
    Throwable innermost = thrown;
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable cause = thrown;
    while (cause != null && seen.size() < MOST_CAUSES && seen.add(cause)) {
      innermost = cause;
      cause = cause(cause);
    }
    // ServiceLoader says what is wrong with a class; the cause says only where that was noticed.
    boolean isOfServiceLoader =
        thrown instanceof ServiceConfigurationError
            && (seen.size() == 1 || innermost instanceof NoSuchMethodException);
    return shortened(
        Credentials.hidden(
            isOfServiceLoader ? String.valueOf(thrown.getMessage()) : innermost.toString()));
  }

  private static @Nullable Throwable cause(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (Throwable e) { // then it is the innermost that can be had
      return null;
    }
  }

  /** On one line, and not longer than a reader reads; a text that was shortened stays as it is. */
  public static String shortened(String text) {
    String head = text.length() <= LONGEST ? text : text.substring(0, HEAD);
    String line = head.replaceAll("\\R", " ");
    return head.length() == text.length()
        ? line
        : "%s... (%d more characters)".formatted(line, text.length() - HEAD);
  }
}
