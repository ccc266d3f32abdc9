package pool.core;

/** What {@link WorkerPool#submit} does if the queue is full. */
public enum WhenFull {
  /** It waits for room. This is the default. */
  WAIT,
  /** It throws {@link QueueFullException}. */
  REJECT
}
