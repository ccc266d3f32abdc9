package pool.core;

/** Why a slot gets another worker. */
public enum ReplaceReason {
  /** A run threw {@code WorkerBrokenException} or an {@code Error}. */
  BROKEN,

  /** It did not answer a ping in time, or with an exception. */
  NO_PING,

  /** It had done as many jobs as it may, or was as old as it may be. */
  SPENT,

  /** {@link WorkerPool#replaceWorkers()} was called. */
  RENEWED,

  /** It did not come back. */
  ABANDONED
}
