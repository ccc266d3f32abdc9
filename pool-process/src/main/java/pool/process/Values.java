package pool.process;

import java.io.IOException;
import pool.codec.Codec;

/**
 * Converts jobs and results to bytes and back. An exception that a codec throws fails only that
 * value, and so do a stack that overflows and a class that is missing.
 */
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
