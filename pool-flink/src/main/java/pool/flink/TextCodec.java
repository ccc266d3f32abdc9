package pool.flink;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;

/**
 * Values that are their text. Flink's form of a string keeps halves of surrogate pairs.
 *
 * @param <T> the values
 * @param type their class
 */
record TextCodec<T>(Class<T> type) implements Codec<T> {

  private static final Map<Class<?>, Function<String, ?>> READERS =
      Map.ofEntries(
          Map.entry(String.class, text -> text),
          Map.entry(URI.class, URI::create),
          Map.entry(Path.class, Path::of),
          Map.entry(Boolean.class, TextCodec::truth),
          Map.entry(Byte.class, Byte::valueOf),
          Map.entry(Short.class, Short::valueOf),
          Map.entry(Integer.class, Integer::valueOf),
          Map.entry(Long.class, Long::valueOf),
          Map.entry(Float.class, Float::valueOf),
          Map.entry(Double.class, Double::valueOf),
          Map.entry(BigInteger.class, BigInteger::new),
          Map.entry(BigDecimal.class, BigDecimal::new));

  static boolean understands(Class<?> type) {
    return READERS.containsKey(type);
  }

  private static Boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("neither true nor false");
    };
  }

  @Override
  public byte[] toBytes(T value) throws IOException {
    String text = value.toString();
    DataOutputSerializer out = new DataOutputSerializer(text.length() + 5);
    StringValue.writeString(text, out);
    return out.getCopyOfBuffer();
  }

  @Override
  public T fromBytes(byte[] bytes) throws IOException {
    String text = read(bytes);
    Function<String, ?> reader = READERS.get(type);
    if (reader == null) {
      throw new IOException("no text is a " + type.getName());
    }
    try {
      return type.cast(reader.apply(text));
    } catch (RuntimeException e) {
      throw new IOException("a text is no %s: %s".formatted(type.getName(), e.getMessage()), e);
    }
  }

  /** No text has more characters than bytes; one that says so must not be made room for. */
  private static String read(byte[] bytes) throws IOException {
    long length = 0;
    int shift = 0;
    for (byte b : bytes) {
      length |= (b & 0x7fL) << shift;
      shift += 7;
      if (b >= 0) {
        break;
      }
      if (shift > 28) {
        throw new IOException("not the bytes of a text");
      }
    }
    if (length > bytes.length) { // the length is one more than that of the text
      throw new IOException("the bytes of a text are cut off: there are only " + bytes.length);
    }
    DataInputDeserializer in = new DataInputDeserializer(bytes);
    String text = StringValue.readString(in);
    if (text == null || in.available() > 0) {
      throw new IOException("not the bytes of a text");
    }
    return text;
  }
}
