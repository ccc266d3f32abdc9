package pool.core;

/** What {@link WorkerPool#submit} does when the queue is full. */
public enum WhenFull {
  /** It waits for room. */
  WAIT,
  /** It throws {@link QueueFullException}. */
  REJECT
}
