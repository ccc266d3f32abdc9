package pool.flink;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;
import pool.codec.Codec;

/**
 * The Flink type of a stream whose values a codec writes, so that Flink need not inspect them.
 *
 * @param <T> the values
 */
final class CodecType<T> extends TypeInformation<T> {

  private static final long serialVersionUID = 1L;

  private final Class<T> type;
  private final Codec<T> codec;

  CodecType(Class<T> type, Codec<T> codec) {
    this.type = type;
    this.codec = codec;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return new CodecSerializer<>(codec);
  }

  @Override
  public Class<T> getTypeClass() {
    return type;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  /** False, since equal values may have different bytes. */
  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof CodecType;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CodecType<?> same && type == same.type && codec.equals(same.codec);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type.getName(), codec);
  }

  @Override
  public String toString() {
    return "CodecType[" + type.getName() + "]";
  }
}
