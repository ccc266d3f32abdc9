package pool.flink;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;
import pool.codec.Codec;

/**
 * Writes the bytes of a codec, preceded by their length. Values are never changed, so they are not
 * copied.
 *
 * @param <T> the values
 */
final class CodecSerializer<T> extends TypeSerializer<T> {

  private static final long serialVersionUID = 1L;

  private static final int AT_ONCE = 1 << 16; // allocated at once, whatever the length

  private final Codec<T> codec;

  CodecSerializer(Codec<T> codec) {
    this.codec = codec;
  }

  @Override
  public void serialize(T value, DataOutputView out) throws IOException {
    byte[] bytes = codec.toBytes(value);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Override
  public T deserialize(DataInputView in) throws IOException {
    return codec.fromBytes(bytes(in));
  }

  @Override
  public T deserialize(@Nullable T reuse, DataInputView in) throws IOException {
    return deserialize(in);
  }

  @Override
  public void copy(DataInputView in, DataOutputView out) throws IOException {
    byte[] bytes = bytes(in);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads a length and that many bytes. Allocates as they arrive, since the length may be wrong.
   */
  static byte[] bytes(DataInputView in) throws IOException {
    int length = in.readInt();
    if (length < 0) {
      throw new IOException("a value has the length " + length);
    }
    byte[] bytes = new byte[Math.min(length, AT_ONCE)];
    int read = 0;
    while (read < length) {
      if (read == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * bytes.length));
      }
      int more = in.read(bytes, read, bytes.length - read);
      if (more < 0) {
        throw new EOFException("a value of %d bytes ends after %d".formatted(length, read));
      }
      read += more;
    }
    return bytes;
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return this;
  }

  @Override
  public @Nullable T createInstance() {
    return null;
  }

  @Override
  public T copy(T value) {
    return value;
  }

  @Override
  public T copy(T value, @Nullable T reuse) {
    return value;
  }

  @Override
  public int getLength() {
    return -1; // it varies
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new CodecSnapshot<>(codec);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CodecSerializer<?> same && codec.equals(same.codec);
  }

  @Override
  public int hashCode() {
    return codec.hashCode();
  }
}
