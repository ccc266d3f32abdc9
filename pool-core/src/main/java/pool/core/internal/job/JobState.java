package pool.core.internal.job;

/** Where a submitted job is in its life. {@link JobFuture} draws and makes the transitions. */
public enum JobState {
  WAITING,
  /** It waits for a time, and cannot be started before. */
  DELAYED,
  RUNNING,
  SUCCEEDED,
  /** Its run threw, or no worker could be opened for it. */
  FAILED,
  CANCELLED,
  TIMED_OUT,
  /** A close did not let it start. */
  NOT_STARTED
}
