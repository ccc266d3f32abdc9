package pool.cli.input;

import java.io.IOException;

/** The first line of an input does not name the columns of its records. */
public final class BadHeaderException extends IOException {

  private static final long serialVersionUID = 1L;

  BadHeaderException(String message) {
    super(message);
  }
}
