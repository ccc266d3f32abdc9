package pool.core;

import java.util.concurrent.RejectedExecutionException;

/**
 * The pool is closing or closed: it accepts no job any more or, as the failure of a job's future,
 * it did not start the job by the deadline of its close.
 */
public final class PoolClosedException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  /**
   * Says what happened.
   *
   * @param message why no job is accepted, or was started
   */
  public PoolClosedException(String message) {
    super(message);
  }
}
