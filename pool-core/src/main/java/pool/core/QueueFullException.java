package pool.core;

import java.util.concurrent.RejectedExecutionException;

/** A job was refused because the queue is full and the pool was told to {@link WhenFull#REJECT}. */
public final class QueueFullException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /**
   * Says what happened.
   *
   * @param message which queue is full
   */
  public QueueFullException(String message) {
    super(message);
  }
}
