package pool.cli.outcome;

import java.io.IOException;

/** A file is not what {@code pool run} wrote, or not of this input. */
public final class BadOutcomesException extends IOException {

  private static final long serialVersionUID = 1L;

  BadOutcomesException(String message) {
    super(message);
  }
}
