package pool.codec;

import org.jspecify.annotations.Nullable;

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

  /**
   * The codecs of a factory: its own, or those of its types.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factory null when it is not seen here
   * @param jobType what it takes
   * @param resultType what it gives
   * @return its codecs
   * @throws IllegalArgumentException when it has none of its own, and {@link Codec#of} none for a
   *     type
   */
  @SuppressWarnings("unchecked") // a factory's codecs are for its own types
  static <J, R> Codecs<J, R> of(@Nullable Object factory, Class<J> jobType, Class<R> resultType) {
    return factory instanceof Codecs<?, ?> own
        ? (Codecs<J, R>) own
        : new CodecsOfTypes<>(Codec.of(jobType), Codec.of(resultType));
  }
}
