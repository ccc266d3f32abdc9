package pool.cli;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How workers spent their time, in columns of equal length. The length is doubled whenever the run
 * outgrows the columns, so a long run takes as much memory as a short one. Each of the first
 * workers has a row, and all workers together have one.
 */
final class Timeline {

  static final int COLUMNS = 480;
  static final int MOST_ROWS = 64;

  private static final long FIRST_COLUMN = 1_000_000; // nanoseconds

  /** The row of one worker, or of several. */
  static final class Row {

    private final Map<Span.Kind, long[]> nanos = new EnumMap<>(Span.Kind.class);
    private final long[] failures = new long[COLUMNS];

    private long[] nanos(Span.Kind kind) {
      return nanos.computeIfAbsent(kind, _ -> new long[COLUMNS]);
    }

    /** The nanoseconds of a kind in a column; for several workers, their sum. */
    long nanos(Span.Kind kind, int column) {
      return nanos(kind)[column];
    }

    /** Runs that ended in a column and failed. */
    long failures(int column) {
      return failures[column];
    }

    private void halve() {
      nanos.values().forEach(Row::addUpPairs);
      addUpPairs(failures);
    }

    private static void addUpPairs(long[] values) {
      for (int i = 0; i < COLUMNS; i++) {
        values[i] = 2 * i < COLUMNS ? values[2 * i] + values[2 * i + 1] : 0;
      }
    }
  }

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final Row together = new Row();
  private long column = FIRST_COLUMN;
  private long end;

  void add(Span span) {
    end = Math.max(end, span.to());
    while (end >= column * COLUMNS) {
      column *= 2;
      rows.values().forEach(Row::halve);
      together.halve();
    }
    add(span, together);
    Row row = rows.get(span.worker());
    if (row == null && rows.size() < MOST_ROWS) {
      row = new Row();
      rows.put(span.worker(), row);
    }
    if (row != null) {
      add(span, row);
    }
  }

  private void add(Span span, Row row) {
    long[] nanos = row.nanos(span.kind());
    long at = span.from();
    while (at < span.to()) {
      int i = (int) (at / column);
      long next = Math.min(span.to(), (i + 1) * column);
      nanos[i] += next - at;
      at = next;
    }
    if (span.hasFailed()) {
      row.failures[(int) (span.to() / column)]++;
    }
  }

  /** The rows by worker. */
  Map<String, Row> rows() {
    return rows;
  }

  /** The row of all workers, including those without one. */
  Row together() {
    return together;
  }

  /** The length of a column, in nanoseconds. */
  long column() {
    return column;
  }

  /** The number of columns in use, at least 1. */
  int columns() {
    return (int) (end / column) + 1;
  }
}
