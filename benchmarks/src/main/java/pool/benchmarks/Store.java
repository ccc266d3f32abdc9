package pool.benchmarks;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** A database in a folder, with one table, that has on the disk what it has committed. */
sealed interface Store extends AutoCloseable {

  /** Opens a connection that is set to what a durable commit needs, and checks that it is. */
  Connection connect() throws SQLException;

  @Override
  void close() throws IOException;

  /** Opens the one that a benchmark's parameter names, with an empty table. */
  static Store open(String name, Path folder) throws IOException, SQLException {
    Store store =
        switch (name) {
          case "sqlite" -> new Sqlite(folder.resolve("entries.db"), "WAL", true);
          case "sqlite-rollback-journal" ->
              new Sqlite(folder.resolve("entries.db"), "DELETE", true);
          case "sqlite-unsynced" -> new Sqlite(folder.resolve("entries.db"), "WAL", false);
          case "postgresql" -> Postgresql.start(folder);
          default -> throw new IllegalArgumentException("no database is named '" + name + "'");
        };
    try (Connection connection = store.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE entry (job INTEGER, note TEXT)");
    }
    return store;
  }

  /** How many rows are there, as somebody else sees it. */
  default long count() throws SQLException {
    try (Connection connection = connect()) {
      return Long.parseLong(answer(connection, "SELECT count(*) FROM entry"));
    }
  }

  private static String answer(Connection connection, String question) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(question)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void check(Connection connection, String question, String expected)
      throws SQLException {
    String answer = answer(connection, question);
    if (!answer.equalsIgnoreCase(expected)) {
      throw new IllegalStateException(question + " is " + answer + ", not " + expected);
    }
  }

  /**
   * A file of SQLite. With a write-ahead log and {@code synchronous=FULL} a commit is one sync, of
   * the log: the cheapest durable commit, and so the least to gain. With a rollback journal it is
   * several.
   *
   * @param syncs otherwise it leaves that to the system: not durable, but shows what else it costs
   */
  record Sqlite(Path file, String journal, boolean syncs) implements Store {
    @Override
    public Connection connect() throws SQLException {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout = 10000");
        statement.execute("PRAGMA journal_mode = " + journal);
        statement.execute("PRAGMA synchronous = " + (syncs ? "FULL" : "OFF"));
      }
      check(connection, "PRAGMA journal_mode", journal);
      check(connection, "PRAGMA synchronous", syncs ? "2" : "0");
      return connection;
    }

    @Override
    public void close() {}
  }

  /** A server of its own. That is made for tests, and does not sync unless it is told to. */
  record Postgresql(EmbeddedPostgres server) implements Store {
    static Postgresql start(Path folder) throws IOException {
      return new Postgresql(
          EmbeddedPostgres.builder()
              .setDataDirectory(folder.resolve("data"))
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .start());
    }

    @Override
    public Connection connect() throws SQLException {
      Connection connection =
          DriverManager.getConnection(server.getJdbcUrl("postgres", "postgres"));
      check(connection, "SHOW fsync", "on");
      check(connection, "SHOW synchronous_commit", "on");
      return connection;
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  /** A connection that writes rows, one thread at a time. */
  final class Writer implements AutoCloseable {

    private static final String NOTE =
        "a note of a hundred characters: ".repeat(4).substring(0, 100);

    private final Connection connection;
    private final PreparedStatement insert;
    private final LongAdder commits;

    /**
     * Opens one.
     *
     * @param commits to be counted
     */
    Writer(Store store, LongAdder commits) throws SQLException {
      this.connection = store.connect();
      this.connection.setAutoCommit(false);
      this.insert = connection.prepareStatement("INSERT INTO entry VALUES (?, ?)");
      this.commits = commits;
    }

    /** Writes a row in a transaction of its own. */
    void write(Integer job) throws SQLException {
      bind(job);
      insert.executeUpdate();
      commit();
    }

    /** Writes rows in one transaction. */
    void write(List<Integer> jobs) throws SQLException {
      for (Integer job : jobs) {
        bind(job);
        insert.addBatch();
      }
      insert.executeBatch();
      commit();
    }

    private void bind(Integer job) throws SQLException {
      insert.setInt(1, job);
      insert.setString(2, NOTE);
    }

    private void commit() throws SQLException {
      connection.commit();
      commits.increment();
    }

    void rollBack() throws SQLException {
      connection.rollback();
    }

    @Override
    public void close() throws SQLException {
      try (connection;
          insert) {
        // both, whatever the first does
      }
    }
  }
}
