package pool.plugins.example.command;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.WorkerBrokenException;

/**
 * The conversations of a worker, one after the other; normally there is only one. When a program
 * ends while it has nothing to do, another replaces it, and no job notices.
 */
final class Conversations {

  private static final Logger LOG = LoggerFactory.getLogger(Conversations.class);

  /** Starts a program. */
  interface Opener {
    Conversation open() throws IOException;
  }

  private final String worker;
  private final Opener opener;
  private Conversation current;

  Conversations(String worker, Opener opener) throws IOException {
    this.worker = worker;
    this.opener = opener;
    this.current = opener.open();
  }

  /** Returns the conversation for the next jobs. */
  Conversation current() throws WorkerBrokenException {
    if (current.hasEndedIdle()) {
      LOG.warn("{} starts another program: {}", worker, current.ending());
      try {
        endQuietly();
        current = opener.open();
      } catch (IOException e) {
        throw new WorkerBrokenException(String.valueOf(e.getMessage()), e);
      }
    }
    return current;
  }

  private void endQuietly() {
    try {
      current.end();
    } catch (IOException e) {
      LOG.debug("how it has ended was told before", e);
    }
  }

  void requireAlive() throws WorkerBrokenException {
    current.requireAlive();
  }

  void end() throws IOException {
    current.end();
  }
}
