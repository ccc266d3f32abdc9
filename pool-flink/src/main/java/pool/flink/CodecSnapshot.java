package pool.flink;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.util.InstantiationUtil;
import org.apache.flink.util.TemporaryClassLoaderContext;
import org.jspecify.annotations.Nullable;
import pool.codec.ClaimedLengths;
import pool.codec.Codec;

/**
 * The part of a serializer that a savepoint keeps: its codec. If the new codec is equal, Flink goes
 * on with the stored bytes; otherwise the old codec reads them. This class is public and has a
 * constructor without parameters because Flink instantiates it by name.
 *
 * @param <T> the values
 */
public final class CodecSnapshot<T> implements TypeSerializerSnapshot<T> {

  private static final int VERSION = 1;

  private @Nullable Codec<T> codec; // null until it is read

  /** For Flink. */
  public CodecSnapshot() {}

  CodecSnapshot(Codec<T> codec) {
    this.codec = codec;
  }

  private Codec<T> codec() {
    if (codec == null) {
      throw new IllegalStateException("the snapshot was not read");
    }
    return codec;
  }

  @Override
  public int getCurrentVersion() {
    return VERSION;
  }

  @Override
  public void writeSnapshot(DataOutputView out) throws IOException {
    byte[] bytes = InstantiationUtil.serializeObject(codec());
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  @Override
  public void readSnapshot(int version, DataInputView in, ClassLoader loader) throws IOException {
    if (version != VERSION) {
      throw new IOException("a codec's snapshot of version %d, not %d".formatted(version, VERSION));
    }
    codec = codec(CodecSerializer.bytes(in), loader);
  }

  /** Reads a codec as Flink reads its own objects, but with a limit on allocation. */
  @SuppressWarnings("unchecked") // a codec was written
  private static <T> Codec<T> codec(byte[] bytes, ClassLoader loader) throws IOException {
    try (var _ = TemporaryClassLoaderContext.of(loader);
        ObjectInputStream in =
            new InstantiationUtil.ClassLoaderObjectInputStream(
                new ByteArrayInputStream(bytes), loader)) {
      in.setObjectInputFilter(new ClaimedLengths(bytes.length));
      return (Codec<T>) in.readObject();
    } catch (ClassNotFoundException e) {
      throw new IOException("the codec of a savepoint is not here: " + e.getMessage(), e);
    }
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return new CodecSerializer<>(codec());
  }

  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    if (!(old instanceof CodecSnapshot<T> before)) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    return codec().equals(before.codec())
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
  }
}
