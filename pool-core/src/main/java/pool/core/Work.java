package pool.core;

import org.jspecify.annotations.Nullable;

/**
 * What a worker is given to do: a submitted job, or its part of a bulk call, which is done by
 * several at once.
 */
sealed interface Work<J, R> permits JobFuture, BulkCall {

  /** The job that the worker runs for it; null when it runs none. Any thread. */
  @Nullable J runningJob(WorkerThread<J, R> worker);

  /** Whether the worker runs a job for it that nobody has settled. Any thread. */
  boolean isRunning(WorkerThread<J, R> worker);

  /**
   * Whether the worker runs a job for it that was cancelled, or has timed out. Any thread; exact
   * under the lock.
   */
  boolean isRunningCancelled(WorkerThread<J, R> worker);

  /**
   * Cancels the job that the worker runs for it, so that the worker loses when its run returns;
   * false when it has settled. Under the lock, so that the worker, which takes it to lose its run,
   * comes after those who count it.
   */
  boolean cancelRun(WorkerThread<J, R> worker);

  /** How many nanoseconds it has waited since it was submitted; 0 when that is not known. */
  long waitedUntil(long now);
}
