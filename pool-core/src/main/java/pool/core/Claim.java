package pool.core;

import org.jspecify.annotations.Nullable;

/**
 * What a worker claims: a submitted job or one place of a batch.
 *
 * <p>The life of a job; every transition is made under the pool's lock, so exactly one thread makes
 * each:
 *
 * <pre>
 *            a worker claims it                  its run returns or throws
 *   WAITING ───────────────────▶ RUNNING ───────────────────────────────▶ SETTLED (succeeded, failed)
 *      │                            │    cancelled, or stopped by a close
 *      │                            └───────────────────────────────────▶ SETTLED (cancelled)
 *      └────────────────────────────────────────────────────────────────▶ SETTLED (cancelled, returned,
 *            withdrawn, returned by a close, or no worker can be opened           failed)
 * </pre>
 *
 * <p>Whoever makes the last transition counts the job and then tells its owner, outside the lock.
 */
sealed interface Claim<J, R> permits JobFuture, Batch.Place {

  J job();

  /** WAITING to RUNNING; false when it has settled. Under the lock. */
  boolean start(WorkerThread<J, R> runner);

  boolean isSettled();

  /** Who runs it, null when nobody does. Under the lock. */
  @Nullable WorkerThread<J, R> runner();

  /** To SETTLED, from a state that is not. Under the lock. */
  void settle(Settlement how, @Nullable R result, @Nullable Throwable cause);

  /** Tells the owner how it ended, and runs what was chained to that. Outside the lock. */
  void publish(Settlement how, @Nullable R result, @Nullable Throwable cause);
}
