package pool.core;

/**
 * Where a pool is in its life; it only ever moves forward, but for {@code OPEN} and {@code
 * DEGRADED}.
 */
public enum PoolState {
  /** The first workers are being opened. */
  OPENING,
  /** Every slot has an open worker, or just gets another by {@code replaceWorkers}. */
  OPEN,
  /**
   * Jobs are accepted, but fewer workers are open than there are slots: some broke or are recycled,
   * and others are being opened.
   */
  DEGRADED,
  /** No job is accepted; those accepted are being done, then the workers close. */
  CLOSING,
  /** Every worker is closed or abandoned. */
  CLOSED
}
