package pool.core;

/**
 * Receives how far a bulk call or a stream has come.
 *
 * {@snippet :
 * pool.map(jobs, (done, total) -> System.err.println(done + " of " + total));
 * }
 *
 * <p>It is called on the thread that called {@code map} or {@code mapAll}, or that consumes the
 * stream, about five times a second and once at the end. What it throws ends the bulk call or the
 * stream, as an interrupt does.
 */
@FunctionalInterface
public interface Progress {

  /** The total of a stream, which is not known. */
  long UNKNOWN = -1;

  /**
   * Reports how far the bulk call or stream has come.
   *
   * @param done the number of jobs that have settled; for a stream, the number that were delivered
   * @param total the number of jobs, or {@link #UNKNOWN}
   */
  void done(long done, long total);
}
