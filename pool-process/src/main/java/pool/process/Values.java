package pool.process;

import java.io.IOException;
import pool.codec.Codec;

/** Jobs and results as bytes. Whatever a codec throws is a failure of that value alone. */
final class Values {

  private Values() {}

  static <T> byte[] toBytes(Codec<T> codec, T value) throws IOException {
    try {
      return codec.toBytes(value);
    } catch (StackOverflowError | LinkageError e) {
      throw new IOException("a value cannot be written: " + e, e);
    }
  }

  static <T> T fromBytes(Codec<T> codec, byte[] bytes) throws IOException {
    try {
      return codec.fromBytes(bytes);
    } catch (StackOverflowError | LinkageError e) {
      throw new IOException("a value cannot be read: " + e, e);
    }
  }
}
