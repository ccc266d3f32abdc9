package pool.core;

/** What a worker is doing. */
public enum WorkerState {
  /** Its resource is being opened, or will be after a wait because an opening failed. */
  OPENING,
  /** It waits for a job. */
  IDLE,
  /** It runs a job. */
  RUNNING,
  /** Its job has settled, and it runs what was chained to the job's future. */
  CALLBACK,
  /** It finds out whether its resource is still good. */
  PINGING,
  /** It does its last act. */
  FINISHING,
  /** It releases its resource. */
  CLOSING,
  /** It is closed. */
  CLOSED,
  /**
   * It did not come back in time, and nobody waits for it any longer. While the pool goes on
   * another worker takes its slot, as often as there are slots; beyond that the slot stays empty.
   */
  ABANDONED
}
