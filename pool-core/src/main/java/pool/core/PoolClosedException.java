package pool.core;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown to indicate that the pool is closing or closed, and accepts no job. A job's future fails
 * with it if the deadline for closing the pool passed before the job started.
 */
public final class PoolClosedException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /**
   * Constructs an exception with a message.
   *
   * @param message why the pool did not accept or start the job
   */
  public PoolClosedException(String message) {
    super(message);
  }
}
