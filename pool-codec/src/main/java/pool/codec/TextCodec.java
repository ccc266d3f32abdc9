package pool.codec;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * Values that travel as their text: its length plus one, then its characters, each as a number with
 * 7 bits in each byte, the lowest first. This is how Flink writes a string, and it preserves halves
 * of surrogate pairs.
 *
 * @param <T> the values
 * @param type their class
 */
record TextCodec<T>(Class<T> type) implements Codec<T> {

  private static final int SHIFT = 7;
  private static final int LOW_BITS = 0x7f;
  private static final int MORE = 0x80;
  private static final int LONGEST_NUMERAL = 100_000; // reading one takes the square of its length
  private static final String NO_TEXT = "not the bytes of a text";

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
          Map.entry(BigInteger.class, text -> new BigInteger(numeral(text))),
          Map.entry(BigDecimal.class, text -> new BigDecimal(numeral(text))));

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

  private static String numeral(String text) {
    if (text.length() > LONGEST_NUMERAL) {
      throw new IllegalArgumentException(
          "it has %d characters, and may have %d".formatted(text.length(), LONGEST_NUMERAL));
    }
    return text;
  }

  /** Whether to write it as a text would take long, too: it has more than a digit for four bits. */
  private static boolean isLong(Object value) {
    return switch (value) {
      case BigInteger number -> number.bitLength() > 4 * LONGEST_NUMERAL;
      case BigDecimal number -> number.unscaledValue().bitLength() > 4 * LONGEST_NUMERAL;
      default -> false;
    };
  }

  @Override
  public byte[] toBytes(T value) throws IOException {
    String text = text(value);
    int size = size(text.length() + 1);
    for (int i = 0; i < text.length(); i++) {
      size += size(text.charAt(i));
    }
    byte[] bytes = new byte[size];
    int end = write(text.length() + 1, bytes, 0);
    for (int i = 0; i < text.length(); i++) {
      end = write(text.charAt(i), bytes, end);
    }
    return bytes;
  }

  private String text(T value) throws IOException {
    String text = isLong(value) ? null : value.toString();
    if (text == null || (value instanceof Number && text.length() > LONGEST_NUMERAL)) {
      throw new IOException(
          "a %s of more than %d characters cannot travel"
              .formatted(type.getName(), LONGEST_NUMERAL));
    }
    return text;
  }

  /** How many bytes a number takes. */
  private static int size(int number) {
    int size = 1;
    for (int rest = number >>> SHIFT; rest != 0; rest >>>= SHIFT) {
      size++;
    }
    return size;
  }

  private static int write(int number, byte[] bytes, int begin) {
    int end = begin;
    int rest = number;
    while (rest > LOW_BITS) {
      bytes[end++] = (byte) ((rest & LOW_BITS) | MORE);
      rest >>>= SHIFT;
    }
    bytes[end++] = (byte) rest;
    return end;
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

  /**
   * Reads a text. It has no more characters than bytes, so no memory is reserved for a text that
   * claims to have more.
   */
  private static String read(byte[] bytes) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    long length = readNumber(in, 5) - 1;
    if (length > in.remaining()) {
      throw new IOException("the bytes of a text are cut off: there are only " + bytes.length);
    }
    if (length == in.remaining() && isAscii(bytes, in.position())) { // as most texts are
      return new String(bytes, in.position(), in.remaining(), StandardCharsets.US_ASCII);
    }
    char[] text = new char[(int) Math.max(0, length)];
    for (int i = 0; i < text.length; i++) {
      long c = readNumber(in, 3);
      if (c > Character.MAX_VALUE) {
        throw new IOException(NO_TEXT);
      }
      text[i] = (char) c;
    }
    if (length < 0 || in.hasRemaining()) {
      throw new IOException(NO_TEXT);
    }
    return new String(text);
  }

  private static boolean isAscii(byte[] bytes, int begin) {
    for (int i = begin; i < bytes.length; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private static long readNumber(ByteBuffer in, int mostBytes) throws IOException {
    long number = 0;
    for (int i = 0; i < mostBytes; i++) {
      if (!in.hasRemaining()) {
        throw new IOException("the bytes of a text are cut off: there are only " + in.capacity());
      }
      byte next = in.get();
      number |= (long) (next & LOW_BITS) << (SHIFT * i);
      if (next >= 0) {
        return number;
      }
    }
    throw new IOException(NO_TEXT);
  }
}
