package pool.cli.outcome;

import java.io.IOException;

/** A file does not consist of outcomes of {@code pool run}, or not of those of this input. */
public final class BadOutcomesException extends IOException {

  private static final long serialVersionUID = 1L;

  BadOutcomesException(String message) {
    super(message);
  }
}
