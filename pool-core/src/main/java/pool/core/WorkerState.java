package pool.core;

/** What a worker is doing. */
public enum WorkerState {
  /** The worker opens its resource, or will do so after a wait because an opening failed. */
  OPENING,
  /** The worker waits for a job. */
  IDLE,
  /** The worker runs a job. */
  RUNNING,
  /**
   * The worker's job has settled, and the worker runs the functions that are chained to the job's
   * future.
   */
  CALLBACK,
  /** The worker checks whether its resource is still good. */
  PINGING,
  /** The worker performs its last act. */
  FINISHING,
  /** The worker releases its resource. */
  CLOSING,
  /** The worker is closed. */
  CLOSED,
  /**
   * The worker did not come back in time, and the pool does not wait for it any longer. While the
   * pool goes on, another worker takes the slot, as often as there are slots; beyond that the slot
   * stays empty.
   */
  ABANDONED
}
