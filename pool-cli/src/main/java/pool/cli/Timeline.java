package pool.cli;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How workers spent their time, in columns of equal length, which is doubled whenever the run
 * outgrows them; so a long run takes as much memory as a short one. The first workers have a row
 * each, and all of them one together.
 */
final class Timeline {

  static final int COLUMNS = 480;
  static final int MOST_ROWS = 64;

  private static final long FIRST_COLUMN = 1_000_000; // nanoseconds

  /** One worker, or several. */
  static final class Row {

    private final Map<Span.Kind, long[]> nanos = new EnumMap<>(Span.Kind.class);
    private final long[] failures = new long[COLUMNS];

    private long[] nanos(Span.Kind kind) {
      return nanos.computeIfAbsent(kind, _ -> new long[COLUMNS]);
    }

    /** In nanoseconds; of several workers, all together. */
    long nanos(Span.Kind kind, int column) {
      return nanos(kind)[column];
    }

    /** Runs that ended there and failed. */
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

  /** By worker. */
  Map<String, Row> rows() {
    return rows;
  }

  /** All workers, also those without a row. */
  Row together() {
    return together;
  }

  /** How long a column is, in nanoseconds. */
  long column() {
    return column;
  }

  /** How many columns are in use, at least 1. */
  int columns() {
    return (int) (end / column) + 1;
  }
}
