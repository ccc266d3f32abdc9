package pool.core;

/**
 * No factory has the name that was asked for; the message lists those that exist, nearest first.
 */
public final class NoSuchFactoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Says what happened.
   *
   * @param message what was asked for, and what there is
   */
  public NoSuchFactoryException(String message) {
    super(message);
  }
}
