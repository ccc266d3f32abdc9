package pool.cli.input;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Readers for values that Jackson would read in surprising ways. */
final class Scalars {

  private Scalars() {}

  /** For JSON, where numbers are distinct from text. */
  static SimpleModule ofJson() {
    SimpleModule module = withTimes(new SimpleModule("scalars of JSON"));
    // Jackson turns the byte 200 into -56, and the double 1e999 into infinity.
    addBoth(module, byte.class, Byte.class, Set.of(JsonToken.VALUE_NUMBER_INT), Byte::valueOf);
    addBoth(module, float.class, Float.class, Scalar.NUMBER, Scalars::finiteFloat);
    addBoth(module, double.class, Double.class, Scalar.NUMBER, Scalars::finiteDouble);
    return module;
  }

  /** For texts only. */
  static SimpleModule ofTexts() {
    SimpleModule module = withTimes(new SimpleModule("scalars of texts"));
    addBoth(module, byte.class, Byte.class, Scalar.STRING, Byte::valueOf);
    addBoth(module, short.class, Short.class, Scalar.STRING, Short::valueOf);
    addBoth(module, int.class, Integer.class, Scalar.STRING, Integer::valueOf);
    addBoth(module, long.class, Long.class, Scalar.STRING, Long::valueOf);
    addBoth(module, float.class, Float.class, Scalar.STRING, Scalars::finiteFloat);
    addBoth(module, double.class, Double.class, Scalar.STRING, Scalars::finiteDouble);
    addBoth(module, boolean.class, Boolean.class, Scalar.STRING, Scalars::truth);
    add(module, BigInteger.class, text -> new BigInteger(ofFewDigits(text)));
    add(module, BigDecimal.class, text -> new BigDecimal(ofFewDigits(text)));
    addOptional(
        module,
        OptionalInt.class,
        text -> OptionalInt.of(Integer.parseInt(text)),
        OptionalInt.empty());
    addOptional(
        module,
        OptionalLong.class,
        text -> OptionalLong.of(Long.parseLong(text)),
        OptionalLong.empty());
    addOptional(
        module,
        OptionalDouble.class,
        text -> OptionalDouble.of(finiteDouble(text)),
        OptionalDouble.empty());
    return module;
  }

  /** Reads times in ISO 8601 only: a number might be seconds, days or milliseconds. */
  private static SimpleModule withTimes(SimpleModule module) {
    add(module, Instant.class, Instant::parse);
    add(module, LocalDate.class, LocalDate::parse);
    add(module, LocalTime.class, LocalTime::parse);
    add(module, LocalDateTime.class, LocalDateTime::parse);
    add(module, OffsetTime.class, OffsetTime::parse);
    add(module, OffsetDateTime.class, OffsetDateTime::parse);
    add(module, ZonedDateTime.class, ZonedDateTime::parse);
    add(module, Duration.class, Duration::parse);
    add(module, Period.class, Period::parse);
    add(module, Year.class, Year::parse);
    add(module, YearMonth.class, YearMonth::parse);
    add(module, MonthDay.class, MonthDay::parse);
    add(module, ZoneId.class, ZoneId::of);
    add(module, ZoneOffset.class, ZoneOffset::of);
    add(module, Path.class, Scalars::path); // Jackson takes "a:b" for a URI
    return module;
  }

  /** Allows as many digits as Jackson does: the time to read a number grows with their square. */
  private static String ofFewDigits(String text) {
    if (text.length() > StreamReadConstraints.DEFAULT_MAX_NUM_LEN) {
      throw new NumberFormatException("too long");
    }
    return text;
  }

  private static <T> void addBoth(
      SimpleModule module,
      Class<T> primitive,
      Class<T> boxed,
      Set<JsonToken> tokens,
      Function<String, T> reader) {
    add(module, primitive, tokens, reader, null);
    add(module, boxed, tokens, reader, null);
  }

  private static <T> void add(SimpleModule module, Class<T> type, Function<String, T> reader) {
    add(module, type, Scalar.STRING, reader, null);
  }

  private static <T> void addOptional(
      SimpleModule module, Class<T> type, Function<String, T> reader, T ofNull) {
    add(module, type, Scalar.STRING, reader, ofNull);
  }

  private static <T> void add(
      SimpleModule module,
      Class<T> type,
      Set<JsonToken> tokens,
      Function<String, T> reader,
      @Nullable T ofNull) {
    SimpleModule _ = module.addDeserializer(type, new Scalar<>(type, tokens, reader, ofNull));
  }

  private static Path path(String text) {
    return Path.of(requireText(text));
  }

  private static String requireText(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("it is empty");
    }
    return text;
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("it is neither");
    };
  }

  private static float finiteFloat(String text) {
    float value = Float.parseFloat(requireDecimal(text));
    return (float) requireFinite(value);
  }

  private static double finiteDouble(String text) {
    return requireFinite(Double.parseDouble(requireDecimal(text)));
  }

  /** Java would also read " 1 ", 1f, 0x1p3 and NaN. */
  private static String requireDecimal(String text) {
    if (!text.chars().allMatch(c -> "+-.0123456789eE".indexOf(c) >= 0)) {
      throw new NumberFormatException("it has other characters");
    }
    return text;
  }

  private static double requireFinite(double value) {
    if (Double.isInfinite(value)) {
      throw new NumberFormatException("it is too large");
    }
    return value;
  }
}
