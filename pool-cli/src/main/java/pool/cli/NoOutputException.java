package pool.cli;

/** No further job is begun, since its outcome could not be written. */
final class NoOutputException extends Exception {

  private static final long serialVersionUID = 1L;

  NoOutputException() {
    super("the output could not be written");
  }
}
