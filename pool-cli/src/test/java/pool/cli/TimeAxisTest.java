package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeAxisTest {

  private static final long SECOND = 1_000_000_000;
  private static final Map<String, Double> UNITS =
      Map.of("ns", 1.0, "µs", 1e3, "ms", 1e6, "s", 1e9, "min", 60e9, "h", 3_600e9, "d", 86_400e9);

  private static List<String> labels(TimeAxis axis) {
    return axis.marks().stream().map(TimeAxis.Mark::text).toList();
  }

  private static double nanos(TimeAxis.Mark mark) {
    String[] text = mark.text().split(" ");
    return Double.parseDouble(text[0]) * UNITS.get(text[1]);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ':',
      value = {
        "1000000 : 0 ms, 0.2 ms, 0.4 ms, 0.6 ms, 0.8 ms, 1 ms",
        "999999 : 0 µs, 200 µs, 400 µs, 600 µs, 800 µs",
        "5300000000 : 0 s, 1 s, 2 s, 3 s, 4 s, 5 s",
        "1100000000 : 0 s, 0.2 s, 0.4 s, 0.6 s, 0.8 s, 1 s",
        "161000000000 : 0 min, 1 min, 2 min",
        "119000000000 : 0 s, 20 s, 40 s, 60 s, 80 s, 100 s",
        "5000000000000 : 0 min, 20 min, 40 min, 60 min, 80 min",
        "100000000000000 : 0 h, 5 h, 10 h, 15 h, 20 h, 25 h",
        "400000000000000 : 0 d, 1 d, 2 d, 3 d, 4 d",
      })
  void aScaleFromZeroHasRoundMarksOfOneUnit(long nanos, String text) {
    assertEquals(text, String.join(", ", labels(TimeAxis.linear(nanos))));
  }

  @Test
  void marksAreRoundAndWhereTheySayForAnyLength() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long end = (long) Math.pow(2, 1 + random.nextDouble() * 60);
      List<TimeAxis.Mark> marks = TimeAxis.linear(end).marks();
      assertTrue(marks.size() >= 3 && marks.size() <= 9, () -> end + ": " + marks);
      double step = nanos(marks.get(1));
      String digits =
          new BigDecimal(marks.get(1).text().split(" ")[0])
              .stripTrailingZeros()
              .unscaledValue()
              .toString();
      assertTrue(List.of("1", "2", "5").contains(digits), () -> end + ": " + marks);
      for (int j = 0; j < marks.size(); j++) {
        assertEquals(j * step, nanos(marks.get(j)), 1e-6 * step, () -> end + ": " + marks);
        assertEquals(j * step / end, marks.get(j).part(), 1e-9, () -> end + ": " + marks);
      }
      assertTrue(marks.getLast().part() <= 1 && marks.getLast().part() + step / end > 1);
    }
  }

  @Test
  void aScaleOfLogarithmsHasRoomForItsRoundestMarks() {
    assertEquals(
        List.of("1 ms", "10 ms", "100 ms", "1 s"), labels(TimeAxis.logarithmic(0.9e6, 3e9)));
    assertEquals(
        List.of("1 s", "10 s", "1 min", "10 min", "1 h"),
        labels(TimeAxis.logarithmic(1e9, 7_200e9)));
    assertEquals(
        List.of("20 ms", "50 ms", "100 ms", "200 ms"), labels(TimeAxis.logarithmic(20e6, 200e6)));
  }

  @Test
  void marksOfLogarithmsAreWhereTheySayAndApart() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double from = Math.pow(10, random.nextDouble() * 13);
      double to = from * Math.pow(10, 1 + random.nextDouble() * (16 - Math.log10(from)));
      List<TimeAxis.Mark> marks = TimeAxis.logarithmic(from, to).marks();
      assertTrue(marks.size() >= 2 && marks.size() <= 6, () -> from + " to " + to + ": " + marks);
      double before = -1;
      for (TimeAxis.Mark mark : marks) {
        assertEquals(Math.log(nanos(mark) / from) / Math.log(to / from), mark.part(), 1e-9);
        assertTrue(mark.part() - before > 0.08, () -> from + " to " + to + ": " + marks);
        before = mark.part();
      }
    }
  }

  @Test
  void nothingAndCenturiesHaveMarks() {
    assertEquals(List.of("0 ns", "1 ns"), labels(TimeAxis.linear(0)));
    assertTrue(TimeAxis.linear(Long.MAX_VALUE).marks().size() <= 9);
    assertEquals("0 s", labels(TimeAxis.linear(SECOND)).getFirst());
  }
}
