package pool.core;

/** Why a slot gets another worker. */
public enum ReplaceReason {
  /** A run threw {@code WorkerBrokenException} or an {@code Error}. */
  BROKEN,

  /** A ping threw, or did not return in time. */
  NO_PING,

  /** The worker had done as many jobs as it may, or had reached its maximum age. */
  SPENT,

  /** {@link WorkerPool#replaceWorkers()} was called. */
  RENEWED,

  /** The worker did not come back. */
  ABANDONED
}
