package pool.core;

/** The kind of thread that each worker of a pool lives on. */
public enum ThreadKind {
  /** A virtual thread: cheap, for workers that mostly wait. */
  VIRTUAL,
  /** A daemon thread of the operating system: for workers that compute or call native code. */
  PLATFORM
}
