package pool.codec;

import org.jspecify.annotations.Nullable;

/**
 * A description of what a worker threw in another process: its class, its message, where it was
 * thrown, its causes and its suppressed exceptions, which are also of this class. Long parts are
 * cut. The exception itself does not travel: its class may not exist here, and nothing that one
 * process sends should decide which classes another one loads.
 */
public final class RemoteFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** The class of what was thrown. */
  private final String className;

  /**
   * Describes an exception of another process.
   *
   * @param className the binary name of its class
   * @param message null when it has none
   * @param cause null when it has none
   */
  public RemoteFailure(String className, @Nullable String message, @Nullable RemoteFailure cause) {
    super(message, cause);
    this.className = className;
  }

  /**
   * The class of the exception that was thrown.
   *
   * @return its binary name
   */
  public String className() {
    return className;
  }

  /** The text that the exception itself would have. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // it names another class
  public String toString() {
    String message = getMessage();
    return message == null ? className : className + ": " + message;
  }
}
