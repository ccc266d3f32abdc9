package pool.core;

/** The kind of thread on which each worker of a pool lives. */
public enum ThreadKind {
  /** A virtual thread: cheap, for workers that mostly wait. This is the default. */
  VIRTUAL,
  /** A platform thread, which is a daemon: for workers that compute or call native code. */
  PLATFORM
}
