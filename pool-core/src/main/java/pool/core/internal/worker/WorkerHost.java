package pool.core.internal.worker;

import pool.api.Worker;

/**
 * What the thread of a slot asks whoever fills the slots, which is {@code SlotFiller} in {@code
 * supervise}. Called on that thread, without the lock.
 */
public interface WorkerHost<J, R> {

  /** A worker is about to be opened; returns where it comes from. */
  WorkerSource<J, R> opens(WorkerThread<J, R> thread);

  /** Whether the worker that was opened is to be pinged before it serves. */
  boolean wantsPing(WorkerThread<J, R> thread, WorkerSource<J, R> source);

  /** A worker was opened; false when its slot's workers come from elsewhere by now. */
  boolean opened(WorkerThread<J, R> thread, Worker<J, R> worker, WorkerSource<J, R> source);

  /** A worker could not be opened. */
  void openFailed(WorkerThread<J, R> thread, WorkerSource<J, R> source, Throwable cause);

  /** Waits for the next try to open; false when there is to be none. */
  boolean awaitRetry(WorkerThread<J, R> thread);

  /** A worker serves no longer, and is to be replaced. */
  void left(WorkerThread<J, R> thread);

  /** Whether the pool still has work for another worker in the slot. */
  boolean wantsAnother(WorkerThread<J, R> thread);

  /** The thread ends. */
  void ended(WorkerThread<J, R> thread);
}
