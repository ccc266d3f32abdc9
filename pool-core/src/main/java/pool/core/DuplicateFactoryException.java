package pool.core;

/** Two factories have the name that was asked for; the message names both modules. */
public final class DuplicateFactoryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Says what happened.
   *
   * @param message which providers have the same name
   */
  public DuplicateFactoryException(String message) {
    super(message);
  }
}
