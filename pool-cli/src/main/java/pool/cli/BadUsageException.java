package pool.cli;

import org.jspecify.annotations.Nullable;

/** What the user asked for cannot be done; the message is one line that says why. */
final class BadUsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BadUsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
