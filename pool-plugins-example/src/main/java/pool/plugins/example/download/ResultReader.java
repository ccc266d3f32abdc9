package pool.plugins.example.download;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the rows of a result, unless their total size is too large. */
final class ResultReader {

  private static final long OVERHEAD = 64; // approximately, for a row, and for each of its values

  private final ResultSet row;
  private final long maxBytes;
  private long bytes;

  ResultReader(ResultSet row, long maxBytes) {
    this.row = row;
    this.maxBytes = maxBytes;
  }

  Rows rows() throws SQLException {
    List<String> names = names(row.getMetaData());
    List<Map<String, @Nullable Object>> rows = new ArrayList<>();
    while (row.next()) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      count(OVERHEAD);
      for (int i = 1; i <= names.size(); i++) {
        Object value = value(i);
        count(OVERHEAD + size(value));
        values.put(names.get(i - 1), value);
      }
      rows.add(values);
    }
    return new Rows(rows);
  }

  /** Returns the column names; of two equal names, the second becomes {@code name_2}. */
  private static List<String> names(ResultSetMetaData columns) throws SQLException {
    List<String> labels = new ArrayList<>();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      labels.add(columns.getColumnLabel(i));
    }
    Set<String> names = new LinkedHashSet<>();
    for (String label : labels) {
      String name = label;
      for (int number = 2; !names.add(name); number++) {
        String next = label + "_" + number;
        name = labels.contains(next) ? name : next; // unless another column has that name
      }
    }
    return List.copyOf(names);
  }

  /** A value that is not a plain Java value, such as a date, an array or XML, is read as text. */
  private @Nullable Object value(int column) throws SQLException {
    Object value = row.getObject(column);
    return switch (value) {
      case null -> null;
      case String s -> s;
      case Number n -> n;
      case Boolean b -> b;
      case byte[] b -> b;
      default -> row.getString(column);
    };
  }

  private static long size(@Nullable Object value) {
    return switch (value) {
      case String s -> s.length();
      case byte[] b -> b.length;
      case null, default -> 0;
    };
  }

  private void count(long more) throws SQLException {
    bytes += more;
    if (bytes > maxBytes) {
      throw new SQLException(
          "the result is larger than max-bytes, %d; ask for fewer rows".formatted(maxBytes));
    }
  }
}
