package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TimelineTest {

  private static final long MILLI = 1_000_000;

  private final Timeline timeline = new Timeline();

  private static long jobs(Timeline timeline, Timeline.Row row) {
    return IntStream.range(0, timeline.columns())
        .mapToLong(column -> row.nanos(Span.Kind.JOB, column))
        .sum();
  }

  @Test
  void aSpanIsSharedOutToItsColumns() {
    timeline.add(Seen.job("a-0", 1, "x", MILLI / 2, 2 * MILLI, true));
    Timeline.Row row = timeline.rows().get("a-0");
    assertEquals(MILLI / 2, row.nanos(Span.Kind.JOB, 0));
    assertEquals(MILLI, row.nanos(Span.Kind.JOB, 1));
    assertEquals(MILLI / 2, row.nanos(Span.Kind.JOB, 2));
    assertEquals(1, row.failures(2), "at its end");
    assertEquals(3, timeline.columns());
  }

  @Test
  void aLongRunHasWiderColumnsAndLosesNothing() {
    long at = 0;
    for (int i = 0; i < 100_000; i++) {
      timeline.add(Seen.job("a-" + i % 3, i, "x", at, MILLI, i % 10 == 0));
      at += MILLI;
    }
    assertTrue(timeline.columns() > Timeline.COLUMNS / 2, () -> timeline.columns() + " columns");
    assertTrue(timeline.columns() <= Timeline.COLUMNS);
    assertEquals(256 * MILLI, timeline.column());
    assertEquals(at, jobs(timeline, timeline.together()));
    assertEquals(at, timeline.rows().values().stream().mapToLong(row -> jobs(timeline, row)).sum());
    assertEquals(
        10_000,
        IntStream.range(0, timeline.columns())
            .mapToLong(column -> timeline.together().failures(column))
            .sum());
  }

  @Test
  void manyWorkersShareOneRowAfterTheFirst() {
    for (int i = 0; i < 1_000; i++) {
      timeline.add(Seen.job("a-" + i, i, "x", 0, MILLI / 2, false));
    }
    assertEquals(Timeline.MOST_ROWS, timeline.rows().size());
    assertEquals(1_000 * MILLI / 2, jobs(timeline, timeline.together()));
  }
}
