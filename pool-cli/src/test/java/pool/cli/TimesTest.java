package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {

  private static final long SECOND = 1_000_000_000;

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "1, 1 ns",
    "999, 999 ns",
    "1000, 1.0 µs",
    "999499, 999 µs",
    "999500, 1.0 ms",
    "999499999, 999 ms",
    "999500000, 1.0 s",
    "99499999999, 99 s",
    "99500000000, 1 min 40 s",
    "120000000000, 2 min",
    "3599499999999, 59 min 59 s",
    "3599500000000, 1 h",
    "86399499999999, 23 h 59 min",
    "86399500000000, 1 d",
    "180000000000000, 2 d 2 h"
  })
  void aLengthHasTwoOrThreeDigitsAndAUnit(long nanos, String text) {
    assertEquals(text, Times.of(nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "0, under 0.001 s",
    "999999, under 0.001 s",
    "1000000, 0.0010 s",
    "12345678, 0.012 s",
    "310000000, 0.31 s",
    "999999999, 1.0 s",
    "5234000000, 5.2 s",
    "99949999999, 99.9 s",
    "99950000000, 1 min 40 s",
    "100000000000000, 1 d 3 h"
  })
  void aRunNeverTookNothing(long nanos, String text) {
    assertEquals(text, Times.ofRun(nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1 s",
    "8000000001, 9 s",
    "9000000001, 10 s",
    "10000000001, 15 s",
    "90000000000, 90 s",
    "90000000001, 2 min",
    "5400000000000, 90 min",
    "5400000000001, 2 h",
    "129600000000000, 36 h",
    "129600000000001, 2 d"
  })
  void anEstimateIsCoarse(long nanos, String text) {
    assertEquals(text, Times.about(nanos));
  }

  @Test
  void anEstimateIsNeverRoundedToLess() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      long nanos = random.nextLong(1, 400_000 * SECOND);
      String[] text = Times.about(nanos).split(" ");
      long unit =
          switch (text[1]) {
            case "s" -> 1;
            case "min" -> 60;
            case "h" -> 3_600;
            case "d" -> 86_400;
            default -> throw new AssertionError(text[1]);
          };
      long said = Long.parseLong(text[0]) * unit * SECOND;
      assertTrue(said >= nanos && said < 2 * nanos + SECOND, () -> nanos + " is " + said);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 5, 0 jobs/s",
    "50000, 1, '50,000 jobs/s'",
    "10, 1, 10 jobs/s",
    "31, 10, 3.1 jobs/s",
    "1, 1, 1.0 jobs/s",
    "59, 60, 59 jobs/min",
    "1, 60, 1.0 jobs/min",
    "1, 61, 59 jobs/h",
    "1, 3601, 24 jobs/d"
  })
  void aPaceIsNoNumberBelowOne(long jobs, long seconds, String text) {
    assertEquals(text, Times.rate(jobs, seconds * SECOND));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 %",
    "0.00001, under 0.1 %",
    "0.0049, 0.5 %",
    "0.0995, 10 %",
    "0.5, 50 %",
    "0.997, 99.7 %",
    "0.9999, over 99.9 %",
    "1, 100 %"
  })
  void nearlyNothingAndNearlyAllAreNotNothingAndAll(double part, String text) {
    assertEquals(text, Times.percent(part));
  }

  @Test
  void oneIsNotMany() {
    assertEquals("0 jobs", Times.count(0, "job", "jobs"));
    assertEquals("1 job", Times.count(1, "job", "jobs"));
    assertEquals("1,234 jobs", Times.count(1_234, "job", "jobs"));
  }
}
