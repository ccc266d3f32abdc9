package pool.core;

import java.util.concurrent.RejectedExecutionException;

/** A job came too late: the pool is closing or closed. */
public final class PoolClosedException extends RejectedExecutionException {

  private static final long serialVersionUID = 1L;

  PoolClosedException(String message) {
    super(message);
  }
}
