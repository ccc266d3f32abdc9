package pool.codec;

import org.jspecify.annotations.Nullable;

/**
 * Implemented by a {@code WorkerFactory} whose jobs or results need other codecs than those of
 * {@link Codec#of}. Both sides must then see the factory.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public interface Codecs<J, R> {

  /**
   * The codec of the jobs.
   *
   * @return the codec of the factory's job type
   */
  Codec<J> jobCodec();

  /**
   * The codec of the results. Null results need no codec.
   *
   * @return the codec of the factory's result type
   */
  Codec<R> resultCodec();

  /**
   * Returns the codecs of a factory: its own, or those of its types.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factory null when it is not seen here
   * @param jobType the type of its jobs
   * @param resultType the type of its results
   * @return its codecs
   * @throws IllegalArgumentException when the factory has no codecs of its own, and {@link
   *     Codec#of} has none for one of the types
   */
  @SuppressWarnings("unchecked") // a factory's codecs are for its own types
  static <J, R> Codecs<J, R> of(@Nullable Object factory, Class<J> jobType, Class<R> resultType) {
    return factory instanceof Codecs<?, ?> own
        ? (Codecs<J, R>) own
        : new CodecsOfTypes<>(Codec.of(jobType), Codec.of(resultType));
  }
}
