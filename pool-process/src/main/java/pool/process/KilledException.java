package pool.process;

import java.io.IOException;

/** The parent has killed the process; the message says why. */
final class KilledException extends IOException {

  private static final long serialVersionUID = 1L;

  KilledException(String message) {
    super(message);
  }
}
