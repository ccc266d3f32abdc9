package pool.cli;

import org.jspecify.annotations.Nullable;

/** The command cannot do what the user asked for; the message is one line that says why. */
final class BadUsageException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BadUsageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
