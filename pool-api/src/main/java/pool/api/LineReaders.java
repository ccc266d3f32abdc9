package pool.api;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import pool.api.internal.Credentials;
import pool.api.internal.Reason;

/** The job types that {@link WorkerFactory#read} understands by default. */
final class LineReaders {

  private static final Map<Class<?>, Function<String, ?>> READERS =
      Map.ofEntries(
          Map.entry(String.class, line -> line),
          Map.entry(URI.class, line -> URI.create(line.strip())),
          Map.entry(Path.class, Path::of),
          Map.entry(Byte.class, line -> Byte.valueOf(line.strip())),
          Map.entry(Short.class, line -> Short.valueOf(line.strip())),
          Map.entry(Integer.class, line -> Integer.valueOf(line.strip())),
          Map.entry(Long.class, line -> Long.valueOf(line.strip())),
          Map.entry(Float.class, line -> Float.valueOf(line.strip())),
          Map.entry(Double.class, line -> Double.valueOf(line.strip())),
          Map.entry(BigInteger.class, line -> new BigInteger(numeral(line))),
          Map.entry(BigDecimal.class, line -> new BigDecimal(numeral(line))));

  private static final int LONGEST_NUMERAL = 100_000; // reading one takes the square of its length

  private LineReaders() {}

  private static String numeral(String line) {
    String text = line.strip();
    if (text.length() > LONGEST_NUMERAL) {
      throw new IllegalArgumentException(
          "it has %d characters, and may have %d".formatted(text.length(), LONGEST_NUMERAL));
    }
    return text;
  }

  static <J> J read(WorkerFactory<J, ?> factory, String line) {
    Function<String, ?> reader = READERS.get(factory.jobType());
    if (reader == null) {
      throw new IllegalArgumentException(
          "factory '%s' has jobs of type %s, which no line of text makes by itself: override WorkerFactory.read"
              .formatted(factory.name(), factory.jobType().getName()));
    }
    try {
      return factory.jobType().cast(reader.apply(line));
    } catch (RuntimeException e) {
      String message =
          "'%s' makes no %s: %s".formatted(line, factory.jobType().getSimpleName(), Reason.of(e));
      String shown = Credentials.hidden(message); // the cause may quote them, too
      throw new IllegalArgumentException(shown, shown.equals(message) ? e : null);
    }
  }
}
