package pool.plugins.example.download;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import pool.api.Option;
import pool.api.WorkerBrokenException;

/** Opens connections, and knows in what SQLite and PostgreSQL differ. */
enum Database {
  SQLITE("CREATE VIRTUAL TABLE document_text USING fts5(uri UNINDEXED, body)"),
  POSTGRESQL(
      "CREATE TABLE document_text (uri TEXT PRIMARY KEY, body TEXT NOT NULL, words TSVECTOR NOT NULL"
          + " GENERATED ALWAYS AS (to_tsvector('simple', left(body, 250000))) STORED)");

  static final Option<String> URL =
      Option.optional(
          "database", Database::requireJdbc, "jdbc:sqlite:store.db", "JDBC URL of the store");

  /** A database that is new can switch to WAL on one connection at a time only. */
  private static final ReentrantLock OPENING = new ReentrantLock();

  private final String createTextTable;

  Database(String createTextTable) {
    this.createTextTable = createTextTable;
  }

  static Database of(String url) {
    return url.startsWith("jdbc:postgresql:") ? POSTGRESQL : SQLITE;
  }

  private static String requireJdbc(String url) {
    if (!url.startsWith("jdbc:sqlite:") && !url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "expected a URL that begins with jdbc:sqlite: or jdbc:postgresql:");
    }
    return url;
  }

  /** A new connection, which commits by itself. */
  static Connection connect(String url) throws SQLException {
    OPENING.lock();
    try {
      Connection connection = open(url);
      if (of(url) == SQLITE) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("PRAGMA busy_timeout = 60000");
          statement.execute("PRAGMA journal_mode = WAL");
          statement.execute("PRAGMA synchronous = FULL"); // a commit survives a loss of power
        } catch (SQLException e) {
          connection.close();
          throw e;
        }
      }
      return connection;
    } finally {
      OPENING.unlock();
    }
  }

  private static Connection open(String url) throws SQLException {
    try {
      return DriverManager.getConnection(url);
    } catch (SQLException e) {
      String place = url.replaceFirst("\\?.*", ""); // a password may follow
      throw new SQLException(
          "option 'database': cannot open '%s': %s".formatted(place, e.getMessage()),
          e.getSQLState(),
          e);
    }
  }

  static void ping(Connection connection) throws SQLException, WorkerBrokenException {
    if (!connection.isValid(5)) {
      throw new WorkerBrokenException("the database connection is gone");
    }
  }

  /** Creates a table in which every word of a body can be found. */
  String createTextTable() {
    return createTextTable;
  }
}
