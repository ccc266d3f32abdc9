package pool.core;

/** Two factories have the name that was asked for; the message names both modules. */
public final class DuplicateFactoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  DuplicateFactoryException(String message) {
    super(message);
  }
}
