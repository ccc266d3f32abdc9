package pool.codec;

import org.jspecify.annotations.Nullable;

/**
 * What a worker threw in another process, as it can be told here: its class, its message, where it
 * was thrown, its causes and what was suppressed in it, which are of this class, too. Long ones are
 * cut. The exception itself does not travel: its class may not be here, and nothing that a process
 * sends should decide which classes another makes.
 */
public final class RemoteFailure extends Exception {

  private static final long serialVersionUID = 1L;

  /** The class of what was thrown. */
  private final String className;

  /**
   * What was thrown elsewhere.
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
   * The class of what was thrown.
   *
   * @return its binary name
   */
  public String className() {
    return className;
  }

  /** As what was thrown would say. */
  @Override
  @SuppressWarnings("OverrideThrowableToString") // it names another class
  public String toString() {
    String message = getMessage();
    return message == null ? className : className + ": " + message;
  }
}
