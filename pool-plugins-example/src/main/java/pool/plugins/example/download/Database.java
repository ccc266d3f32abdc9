package pool.plugins.example.download;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.locks.ReentrantLock;
import pool.api.Option;
import pool.api.WorkerBrokenException;

/** Opens connections, and knows in what SQLite and PostgreSQL differ. */
enum Database {
  SQLITE(
      "CREATE VIRTUAL TABLE document_text USING fts5(uri UNINDEXED, body)",
      "PRAGMA busy_timeout = 60000",
      "PRAGMA journal_mode = WAL",
      "PRAGMA synchronous = FULL"), // a commit survives a loss of power
  POSTGRESQL(
      "CREATE TABLE document_text (uri TEXT PRIMARY KEY, body TEXT NOT NULL, words TSVECTOR NOT NULL"
          + " GENERATED ALWAYS AS (to_tsvector('simple', left(body, 250000))) STORED)",
      // A server may have this off, and forget what it has just committed when it is killed.
      "SELECT set_config('synchronous_commit', 'on', false)"
          + " WHERE current_setting('synchronous_commit') = 'off'");

  static final Option<String> URL =
      Option.optional(
          "database", Database::requireJdbc, "jdbc:sqlite:store.db", "JDBC URL of the store");

  /** A database that is new can switch to WAL on one connection at a time only. */
  private static final ReentrantLock OPENING = new ReentrantLock();

  private final String createTextTable;

  @SuppressWarnings("ImmutableEnumChecker") // from List.of
  private final List<String> settings; // of every connection

  Database(String createTextTable, String... settings) {
    this.createTextTable = createTextTable;
    this.settings = List.of(settings);
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
      try (Statement statement = connection.createStatement()) {
        for (String setting : of(url).settings) {
          statement.execute(setting);
        }
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return connection;
    } finally {
      OPENING.unlock();
    }
  }

  private static Connection open(String url) throws SQLException {
    try {
      return driverOf(url).connect(SqliteUrl.ofBytes(url), new Properties());
    } catch (SQLException e) {
      String place = url.replaceFirst("\\?.*", ""); // a password may follow
      throw new SQLException(
          "option 'database': cannot open '%s': %s".formatted(place, e.getMessage()),
          e.getSQLState(),
          e);
    }
  }

  /** Looked for beside this plugin, wherever that was loaded; the manager looks elsewhere. */
  private static Driver driverOf(String url) throws SQLException {
    for (Driver driver : ServiceLoader.load(Driver.class, Database.class.getClassLoader())) {
      if (driver.acceptsURL(url)) {
        return driver;
      }
    }
    throw new SQLException(
        "no JDBC driver knows it; put the driver's jar beside the plugin, or into the folder"
            + " 'drivers' of the runtime image");
  }

  static void ping(Connection connection) throws WorkerBrokenException {
    if (!isAlive(connection)) {
      throw new WorkerBrokenException("the database connection is gone");
    }
  }

  /** After a statement failed: throws when it was not the statement's fault. */
  static void requireAlive(Connection connection, SQLException failure)
      throws WorkerBrokenException {
    if (!isAlive(connection)) {
      throw gone(failure);
    }
  }

  static WorkerBrokenException gone(SQLException failure) {
    return new WorkerBrokenException(
        "the database connection is gone: " + failure.getMessage(), failure);
  }

  private static boolean isAlive(Connection connection) {
    try {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Creates a table in which every word of a body can be found. */
  String createTextTable() {
    return createTextTable;
  }
}
