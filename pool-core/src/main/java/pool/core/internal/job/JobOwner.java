package pool.core.internal.job;

import org.jspecify.annotations.Nullable;

/** The pool, as the future of one of its jobs sees it. */
public interface JobOwner<J, R> {

  /**
   * Settles a job as cancelled, and stops its run when asked to; false when it had settled. The
   * caller completes the future.
   */
  boolean settleCancelled(JobFuture<J, R> future, boolean stop);

  /**
   * The thread is about to wait for a future without a time-out. {@link #endWait} is to be called
   * after the wait, also if this throws.
   *
   * @throws IllegalStateException when the wait could never end
   */
  void beginWait(JobFuture<J, R> future);

  void endWait();

  /**
   * A job has settled that was taken out of its bulk call. Called again if this throws.
   *
   * @param bulk the bulk call
   */
  void placeSettled(
      PlaceFuture<J, R> place, Object bulk, @Nullable R result, @Nullable Throwable cause);

  /** A time-out will complete the future. */
  void noteTimeOut(JobFuture<J, R> future);
}
