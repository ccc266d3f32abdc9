package pool.core;

/** The ways in which a job ends; each job ends in exactly one. */
enum Settlement {
  SUCCEEDED,
  FAILED,
  CANCELLED,
  RETURNED
}
