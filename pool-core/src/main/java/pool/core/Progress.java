package pool.core;

/**
 * Is told how far a bulk call or a stream has come.
 *
 * <p>Called on the thread that called {@code map} or {@code mapAll}, or consumes the stream, about
 * five times a second and once at its end. What it throws ends the bulk call or the stream, as an
 * interrupt would.
 */
@FunctionalInterface
public interface Progress {

  /** The total of a stream: nobody knows it. */
  long UNKNOWN = -1;

  /**
   * So far it has come.
   *
   * @param done how many jobs have settled; of a stream, how many were delivered
   * @param total how many there are, or {@link #UNKNOWN}
   */
  void done(long done, long total);
}
