package pool.core;

/**
 * Thrown to indicate that no factory has the name that was asked for. The message lists the
 * factories that exist, the nearest name first.
 */
public final class NoSuchFactoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception with a message.
   *
   * @param message what was asked for, and what exists
   */
  public NoSuchFactoryException(String message) {
    super(message);
  }
}
