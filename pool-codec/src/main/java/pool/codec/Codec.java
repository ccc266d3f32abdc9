package pool.codec;

import java.io.IOException;
import java.io.Serializable;

/**
 * Turns the jobs or the results of a factory into bytes and back, so that they can travel between
 * processes and be stored in the checkpoints of a cluster.
 *
 * <p>A codec itself travels by Java serialization, and many threads use it at once, so it has no
 * mutable state. Two codecs with the same form must be equal; otherwise a savepoint of one is
 * migrated to the other. Within a process values are not always copied, so nobody may change them.
 *
 * @param <T> the values
 */
public interface Codec<T> extends Serializable {

  /**
   * Returns the bytes of a value. Called on a worker's thread; on a cluster, the bytes of jobs are
   * made on a task's thread.
   *
   * @param value the value, not null
   * @return its bytes
   * @throws IOException when the value has no bytes, which fails its job; if the value is a job on
   *     a cluster, it fails the Flink job
   */
  byte[] toBytes(T value) throws IOException;

  /**
   * Returns the value of some bytes, which may come from anybody: refuse what {@link #toBytes} does
   * not write. Called on a worker's thread; on a cluster, on a task's or the client's thread.
   *
   * @param bytes the bytes
   * @return the value, not null
   * @throws IOException when they are not the bytes of a value
   */
  T fromBytes(byte[] bytes) throws IOException;

  /**
   * Returns the codec of a type that needs no codec of its own. Strings, URIs, paths, boxed and big
   * numbers (of at most 100,000 digits) travel as text. Records and other {@link Serializable}
   * classes travel by Java serialization, with a filter that admits only the classes that the type
   * declares: its own, those of its components or fields, and values and collections of the JDK.
   *
   * @param <T> the values
   * @param type their class
   * @return the codec
   * @throws IllegalArgumentException when the type, or a type that it declares, has no codec
   */
  static <T> Codec<T> of(Class<T> type) {
    return TextCodec.understands(type) ? new TextCodec<>(type) : new SerialCodec<>(type);
  }
}
