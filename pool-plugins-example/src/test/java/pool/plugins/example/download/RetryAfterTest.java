package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {

  private static final Instant NOW = Instant.parse("1994-11-06T08:49:30Z");

  /** The dates are the examples of RFC 9110. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "120                            | null | PT2M",
        "' 0 '                          | null | PT0S",
        "99999999999999999999999        | null | PT876000H",
        "9223372036854775807            | null | PT876000H",
        "Sun, 06 Nov 1994 08:49:37 GMT  | null | PT7S",
        "Sunday, 06-Nov-94 08:49:37 GMT | null | PT7S",
        "Sunday, 06-Nov-44 08:49:30 GMT | null | PT438312H", // at most 50 years ahead
        "Sun Nov  6 08:49:37 1994       | null | PT7S",
        "Wed Nov 16 08:49:30 1994       | null | PT240H",
        "Fri, 31 Dec 9999 23:59:59 GMT  | null | PT876000H",
        "Sun, 06 Nov 1994 08:49:07 GMT  | null | PT0S", // is over
        "Sun, 06 Nov 1994 08:49:37 GMT  | Sun, 06 Nov 1994 08:49:35 GMT | PT2S", // its own clock
        "Sun, 06 Nov 1994 08:49:37 GMT  | yesterday | PT7S",
        "soon                           | null | null",
        "-1                             | null | null",
        "1.5                            | null | null",
        "''                             | null | null",
        "null                           | null | null",
      })
  void aServerSaysHowLong(String retryAfter, String date, Duration expected) {
    Map<String, List<String>> headers = new HashMap<>();
    if (retryAfter != null) {
      headers.put("retry-after", List.of(retryAfter));
    }
    if (date != null) {
      headers.put("date", List.of(date));
    }
    assertEquals(expected, RetryAfter.of(HttpHeaders.of(headers, (_, _) -> true), NOW));
  }
}
