package pool.process;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes of memory as users and {@code -Xmx} write them: {@code 512m}. */
final class ByteSize {

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([kKmMgG]?)");

  private ByteSize() {}

  /**
   * Returns the size in bytes.
   *
   * @throws IllegalArgumentException when it is not a size, or 0; the message names the setting
   */
  static long parse(String setting, String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches() || matcher.group(1).matches("0+")) {
      throw new IllegalArgumentException(
          "%s must be a size such as 512m, but was '%s'".formatted(setting, size));
    }
    int shift =
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
  }
}
