package pool.plugins.example.command;

/** A program has reported that a job failed. The message is the program's. */
public final class CommandFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  CommandFailedException(String message) {
    super(message);
  }
}
