package pool.plugins.example.download;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import pool.api.Option;

/** Opens connections, and encapsulates how SQLite and PostgreSQL differ. */
enum Database {
  SQLITE(
      "CREATE VIRTUAL TABLE document_text USING fts5(uri UNINDEXED, body)",
      "PRAGMA synchronous = FULL"), // a commit survives a loss of power
  POSTGRESQL(
      "CREATE TABLE document_text"
          + " (uri TEXT PRIMARY KEY, body TEXT NOT NULL, words TSVECTOR NOT NULL)",
      // A server may have this off, and then loses what it has just committed when it is killed.
      "SELECT set_config('synchronous_commit', 'on', false)"
          + " WHERE current_setting('synchronous_commit') = 'off'");

  static final Option<String> URL =
      Option.optional(
          "database", Database::requireJdbc, "jdbc:sqlite:store.db", "JDBC URL of the store");

  private static final int SQLITE_CANTOPEN = 14;
  private static final long LARGEST_SCHEMA = 1_000_000;
  private static final String POSTGRESQL_LOCK_TIMEOUT = "55P03";

  private final String createTextTable;
  private final String makeDurable; // makes commits of a connection durable

  Database(String createTextTable, String makeDurable) {
    this.createTextTable = createTextTable;
    this.makeDurable = makeDurable;
  }

  static Database of(String url) {
    return url.startsWith("jdbc:postgresql:") ? POSTGRESQL : SQLITE;
  }

  private static String requireJdbc(String url) {
    if (!url.startsWith(SqliteUrl.PREFIX) && !url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "expected a URL that begins with jdbc:sqlite: or jdbc:postgresql:");
    }
    return url;
  }

  /** A new connection to the store, in auto-commit mode. Creates a file of SQLite if necessary. */
  static Connection connect(String url) throws SQLException {
    Database database = of(url);
    List<String> settings =
        database == SQLITE
            ? List.of("PRAGMA journal_mode = WAL", database.makeDurable)
            : List.of(database.makeDurable);
    return opened(url, () -> prepared(open(asItIs(url), properties(url)), settings));
  }

  /** A new connection for arbitrary statements; opening it changes nothing. */
  static Connection connectToWrite(String url, long largestValue) throws SQLException {
    List<String> settings = List.of(of(url).makeDurable);
    return opened(url, () -> prepared(open(asItIs(url), properties(url, largestValue)), settings));
  }

  /**
   * A new connection that changes nothing: no row, no journal mode, no new file.
   *
   * @param largestValue the largest value that SQLite reads, in bytes
   */
  static Connection connectToRead(String url, long largestValue) throws SQLException {
    return opened(
        url,
        () ->
            of(url) == SQLITE
                ? readSqlite(SqliteUrl.of(url).reading(), properties(url, largestValue))
                : readOnly(url));
  }

  private static String asItIs(String url) {
    return of(url) == SQLITE ? SqliteUrl.of(url).text() : url;
  }

  private static Connection readOnly(String url) throws SQLException {
    Connection connection = open(url, properties(url));
    connection.setReadOnly(true); // makes every transaction read-only
    return connection;
  }

  /**
   * Opens a store to read. In WAL mode even that needs a file of shared memory next to the store.
   * On a read-only medium that file cannot be made, but there nobody can change the store either.
   */
  private static Connection readSqlite(SqliteUrl url, Properties properties) throws SQLException {
    Path file = url.file();
    if (file != null && !Files.exists(file)) {
      throw new SQLException("there is no such file");
    }
    properties.setProperty("open_mode", "1"); // SQLITE_OPEN_READONLY
    List<String> look = List.of("SELECT count(*) FROM sqlite_schema");
    try {
      return prepared(open(url.text(), properties), look);
    } catch (SQLException e) {
      if ((e.getErrorCode() & 0xff) == SQLITE_CANTOPEN && file != null && isUnchangeable(file)) {
        return prepared(open(url.immutable().text(), properties), look);
      }
      throw e;
    }
  }

  private static boolean isUnchangeable(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder != null
        && !Files.isWritable(folder)
        && !Files.isWritable(file)
        && new File(file + "-wal").length() == 0; // 0 if it does not exist
  }

  private static Connection prepared(Connection connection, List<String> statements)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static Properties properties(String url, long largestValue) {
    Properties properties = properties(url);
    if (of(url) == SQLITE) {
      long limit = Math.max(largestValue, LARGEST_SCHEMA); // the limit applies to statements, too
      properties.setProperty("limit_length", Long.toString(limit));
    }
    return properties;
  }

  private static Properties properties(String url) {
    Properties properties = new Properties();
    if (of(url) == SQLITE) {
      properties.setProperty("busy_timeout", Long.toString(Patience.EACH_TRY.toMillis()));
    } else {
      properties.setProperty("loginTimeout", Long.toString(Patience.TO_OPEN.toSeconds()));
    }
    return properties;
  }

  private static Connection opened(String url, Patience.Work<Connection> opening)
      throws SQLException {
    try {
      return Patience.run(Patience.TO_OPEN, place(url), opening);
    } catch (SQLException e) {
      throw notOpened(url, e);
    }
  }

  static SQLException notOpened(String url, SQLException cause) {
    String why = String.valueOf(cause.getMessage()).replace(url, place(url));
    if (POSTGRESQL_LOCK_TIMEOUT.equals(cause.getSQLState())) {
      why = "another connection has held its lock too long (" + why + ")";
    }
    return new SQLException(
        "option 'database': cannot open '%s': %s".formatted(place(url), why),
        cause.getSQLState(),
        cause.getErrorCode(),
        cause);
  }

  /** The URL without parts that may contain a password. */
  static String place(String url) {
    return url.replaceFirst("\\?.*", "").replaceFirst("//[^/]*@", "//");
  }

  private static Connection open(String url, Properties properties) throws SQLException {
    return driverOf(url).connect(SqliteBytes.escapedIn(url), properties);
  }

  /** Looks where this plugin was loaded from; DriverManager would look elsewhere. */
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

  /** The statement that creates a table in which every word of a body can be found. */
  String createTextTable() {
    return createTextTable;
  }
}
