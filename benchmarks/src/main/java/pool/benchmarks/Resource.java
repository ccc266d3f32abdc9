package pool.benchmarks;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What a job needs and one thread at a time may use. */
sealed interface Resource extends AutoCloseable {

  Integer use(Integer job);

  @Override
  void close();

  /** Opens one of the kind that a benchmark's parameter names. */
  static Resource open(String kind, Path database) {
    return switch (kind) {
      case "counter" -> new Counter();
      case "sqlite" -> Row.open(database);
      default -> throw new IllegalArgumentException("no resource is named '" + kind + "'");
    };
  }

  /** The cheapest there is: what is left is the cost of coming by it. */
  final class Counter implements Resource {
    private int uses;

    @Override
    public Integer use(Integer job) {
      uses++;
      return job;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
      return uses + " uses";
    }
  }

  /** A connection to SQLite with a prepared statement, which reads one row by its key. */
  record Row(Connection connection, PreparedStatement select) implements Resource {

    static void createTable(Path database, int rows) throws SQLException {
      try (Connection connection = connect(database);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE item (id INTEGER PRIMARY KEY, amount INTEGER)");
        statement.execute(
            """
            WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers LIMIT %d)
            INSERT INTO item SELECT n, 2 * n FROM numbers
            """
                .formatted(rows));
      }
    }

    static Row open(Path database) {
      try {
        Connection connection = connect(database);
        return new Row(
            connection, connection.prepareStatement("SELECT amount FROM item WHERE id = ?"));
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    private static Connection connect(Path database) throws SQLException {
      return DriverManager.getConnection("jdbc:sqlite:" + database);
    }

    @Override
    public Integer use(Integer job) {
      try {
        select.setInt(1, job);
        try (ResultSet rows = select.executeQuery()) {
          rows.next();
          return rows.getInt(1);
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      try (connection;
          select) {
        // both, whatever the first does
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
