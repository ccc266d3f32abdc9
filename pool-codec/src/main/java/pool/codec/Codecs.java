package pool.codec;

/**
 * What a {@code WorkerFactory} also implements when its jobs or results are not those that {@link
 * Codec#of} understands. The factory is then seen on both sides.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public interface Codecs<J, R> {

  /**
   * How jobs travel.
   *
   * @return the codec of the factory's job type
   */
  Codec<J> jobCodec();

  /**
   * How results travel; null results need none.
   *
   * @return the codec of the factory's result type
   */
  Codec<R> resultCodec();
}
