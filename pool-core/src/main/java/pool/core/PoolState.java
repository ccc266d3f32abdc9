package pool.core;

/**
 * The states of a pool. A pool only moves forward through them, except that it may go back and
 * forth between {@code OPEN} and {@code DEGRADED}.
 */
public enum PoolState {
  /** The pool is opening its first workers. */
  OPENING,
  /** Every slot has an open worker, or {@code replaceWorkers} is just giving it another. */
  OPEN,
  /**
   * The pool accepts jobs, but fewer workers are open than there are slots: it is opening the
   * others, for instance because some broke or are being recycled.
   */
  DEGRADED,
  /** The pool accepts no job. It does those that it has accepted, then the workers close. */
  CLOSING,
  /** Every worker is closed or abandoned. */
  CLOSED
}
