package pool.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Formats moments as text, at little cost for successive moments. */
final class UtcTime {

  /** A second, and its text up to the fraction. */
  private record Second(long number, String text) {}

  private static volatile Second last = second(0);

  private UtcTime() {}

  /** The text of milliseconds since 1970, such as 2026-03-04T05:06:07.089Z. */
  static String text(long millis) {
    long number = Math.floorDiv(millis, 1_000L);
    Second second = last;
    if (second.number != number) {
      second = second(number);
      last = second;
    }
    int fraction = (int) Math.floorMod(millis, 1_000L);
    return second.text + (fraction < 10 ? "00" : fraction < 100 ? "0" : "") + fraction + "Z";
  }

  private static Second second(long number) {
    String text = Instant.ofEpochSecond(number).truncatedTo(ChronoUnit.SECONDS).toString();
    return new Second(number, text.substring(0, text.length() - 1) + ".");
  }
}
