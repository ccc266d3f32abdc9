package pool.core;

/** Which worker takes an unkeyed job. */
public enum Distribution {
  /** A free worker takes the next job. */
  SHARED,
  /**
   * Jobs are dealt round-robin over the slots, so that all slots get equal counts within one,
   * however long the jobs take.
   */
  EVEN
}
