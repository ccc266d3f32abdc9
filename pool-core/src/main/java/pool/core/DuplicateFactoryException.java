package pool.core;

/**
 * Thrown to indicate that several factories have the name that was asked for. The message names the
 * class and the module of each.
 */
public final class DuplicateFactoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception with a message.
   *
   * @param message which factories have the same name
   */
  public DuplicateFactoryException(String message) {
    super(message);
  }
}
