package pool.core;

/**
 * No factory has the name that was asked for; the message lists those that exist, nearest first.
 */
public final class NoSuchFactoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NoSuchFactoryException(String message) {
    super(message);
  }
}
