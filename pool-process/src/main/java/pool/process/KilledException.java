package pool.process;

import java.io.IOException;

/** The process was killed by its parent. The message says why. */
final class KilledException extends IOException {

  private static final long serialVersionUID = 1L;

  KilledException(String message) {
    super(message);
  }
}
