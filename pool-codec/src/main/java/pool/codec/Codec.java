package pool.codec;

import java.io.IOException;
import java.io.Serializable;

/**
 * Turns the jobs or the results of a factory into bytes and back, so that they can travel between
 * processes and lie in the checkpoints of a cluster.
 *
 * <p>A codec travels itself, by Java serialization, and is used by many threads at once: it keeps
 * no state that changes. Two codecs with the same form are equal, or a savepoint of one is migrated
 * to the other. Within a process values are not always copied: nobody may change them.
 *
 * @param <T> the values
 */
public interface Codec<T> extends Serializable {

  /**
   * The bytes of a value. Called on a worker's thread; on a cluster, for jobs, on a task's thread.
   *
   * @param value the value, not null
   * @return its bytes
   * @throws IOException when it has none, which fails its job; on a cluster, of a job, the Flink
   *     job
   */
  byte[] toBytes(T value) throws IOException;

  /**
   * The value of bytes, which may be anybody's: refuse what {@link #toBytes} does not write. Called
   * on a worker's thread; on a cluster on a task's thread, or the client's.
   *
   * @param bytes the bytes
   * @return the value, not null
   * @throws IOException when they are none's
   */
  T fromBytes(byte[] bytes) throws IOException;

  /**
   * The codec of a type that needs no other: strings, URIs, paths, boxed and big numbers by their
   * text; records and other classes that are {@link Serializable} by Java serialization, with a
   * filter that lets through only the classes which the type declares: its own, those of its
   * components or fields, and values and collections of the JDK.
   *
   * @param <T> the values
   * @param type their class
   * @return the codec
   * @throws IllegalArgumentException when the type, or a type that it declares, has none
   */
  static <T> Codec<T> of(Class<T> type) {
    return TextCodec.understands(type) ? new TextCodec<>(type) : new SerialCodec<>(type);
  }
}
