package pool.core.internal.worker;

import pool.api.Worker;

/** The pool, as the thread of a slot sees it. Called on that thread. */
public interface WorkerHost<J, R> {

  /** A worker was opened. */
  void opened(WorkerThread<J, R> thread, Worker<J, R> worker);

  /** A worker could not be opened. */
  void openFailed(WorkerThread<J, R> thread, Throwable cause);

  /** Waits for the next try to open; false when there is to be none. */
  boolean awaitRetry(WorkerThread<J, R> thread);

  /** A worker serves no longer, and is to be replaced. */
  void left(WorkerThread<J, R> thread);

  /** Whether the pool still has work for another worker in the slot. */
  boolean wantsAnother(WorkerThread<J, R> thread);

  /** The thread ends. */
  void ended(WorkerThread<J, R> thread);
}
