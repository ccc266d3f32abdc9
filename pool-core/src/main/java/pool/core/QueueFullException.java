package pool.core;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown to indicate that the pool refused a job because its queue is full: either the pool was
 * built with {@link WhenFull#REJECT}, or the submitter is a worker of the pool that would wait for
 * ever.
 */
public final class QueueFullException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception with a message.
   *
   * @param message which queue is full
   */
  public QueueFullException(String message) {
    super(message);
  }
}
