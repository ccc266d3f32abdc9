package pool.process;

import java.io.IOException;

/** The other end has sent something that this library never sends. */
final class BadMessageException extends IOException {

  private static final long serialVersionUID = 1L;

  BadMessageException(String message) {
    super(message);
  }
}
