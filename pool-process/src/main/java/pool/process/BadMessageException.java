package pool.process;

import java.io.IOException;

/** The other end has sent what no one of this library sends. */
final class BadMessageException extends IOException {

  private static final long serialVersionUID = 1L;

  BadMessageException(String message) {
    super(message);
  }
}
