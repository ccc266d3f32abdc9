package pool.plugins.example.download;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long a server asks to wait, according to RFC 9110: a number of seconds, or a date in one of
 * three formats.
 */
final class RetryAfter {

  private static final Duration LONGEST =
      Duration.ofDays(365 * 100); // the longest that anybody computes with

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US).withZone(ZoneOffset.UTC);

  private RetryAfter() {}

  /**
   * Returns how long to wait: zero or more, null when the server does not say. A date is compared
   * with the server's own {@code Date}, since the clocks may differ.
   */
  static @Nullable Duration of(HttpHeaders headers, Instant now) {
    String text = headers.firstValue("Retry-After").map(String::strip).orElse("");
    if (text.matches("[0-9]+")) {
      return seconds(text);
    }
    Instant until = instant(text, now);
    if (until == null) {
      return null;
    }
    Instant date = instant(headers.firstValue("Date").map(String::strip).orElse(""), now);
    Duration left = Duration.between(date == null ? now : date, until);
    return left.isNegative() ? Duration.ZERO : atMostLongest(left);
  }

  private static Duration atMostLongest(Duration asked) {
    return asked.compareTo(LONGEST) < 0 ? asked : LONGEST;
  }

  private static Duration seconds(String digits) {
    try {
      return atMostLongest(Duration.ofSeconds(Long.parseLong(digits)));
    } catch (NumberFormatException e) {
      return LONGEST; // the number exceeds a long
    }
  }

  private static @Nullable Instant instant(String text, Instant now) {
    for (DateTimeFormatter format :
        List.of(DateTimeFormatter.RFC_1123_DATE_TIME, rfc850(now), ASCTIME)) {
      try {
        return format.parse(text, Instant::from);
      } catch (DateTimeException e) {
        // another format, or not a date
      }
    }
    return null;
  }

  /** A year of two digits is at most 50 years in the future. */
  private static DateTimeFormatter rfc850(Instant now) {
    LocalDate first = LocalDate.ofInstant(now, ZoneOffset.UTC).minusYears(49);
    return new DateTimeFormatterBuilder()
        .appendPattern("EEEE, dd-MMM-")
        .appendValueReduced(ChronoField.YEAR, 2, 2, first)
        .appendPattern(" HH:mm:ss 'GMT'")
        .toFormatter(Locale.US)
        .withZone(ZoneOffset.UTC);
  }
}
