package pool.core;

/** Which worker takes a job without a key. */
public enum Distribution {
  /** A free worker takes the next job. This is the default. */
  SHARED,
  /**
   * The pool deals jobs round-robin to the slots, so that the counts of any two slots differ by at
   * most one, however long the jobs take.
   */
  EVEN
}
