package pool.plugins.example.download;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.WorkerBrokenException;
import pool.plugins.example.download.Patience.Work;

/** One worker's connection, and its transactions; in auto-commit mode between them. */
final class Session implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final Connection connection;
  private final Database database;
  private final String url;
  private final int backend; // the number of PostgreSQL's process for this connection

  private Session(Connection connection, String url) throws SQLException {
    this.connection = connection;
    this.backend = backend(connection, url);
    this.database = Database.of(url);
    this.url = url;
  }

  private static int backend(Connection connection, String url) throws SQLException {
    if (Database.of(url) == Database.SQLITE) {
      return 0;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      return row.next() ? row.getInt(1) : 0;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Opens a session of a store. */
  static Session ofStore(String url) throws SQLException {
    return new Session(Database.connect(url), url);
  }

  /** Opens a session for arbitrary statements. */
  static Session of(String url, boolean writable, long largestValue) throws SQLException {
    return new Session(
        writable
            ? Database.connectToWrite(url, largestValue)
            : Database.connectToRead(url, largestValue),
        url);
  }

  Connection connection() {
    return connection;
  }

  Database database() {
    return database;
  }

  /** Makes an exception that names the database, when a later step of the opening fails. */
  SQLException notOpened(SQLException cause) {
    return Database.notOpened(url, cause);
  }

  /** Runs work without a transaction: one statement that only reads, or must not be in one. */
  <T extends @Nullable Object> T patiently(Work<T> work) throws SQLException {
    return patiently(Patience.TO_WORK, work);
  }

  <T extends @Nullable Object> T patiently(Duration patience, Work<T> work) throws SQLException {
    return Patience.run(patience, Database.place(url), work);
  }

  /** Has committed when it returns; when it throws, nothing was changed. */
  <T extends @Nullable Object> T inTransaction(Work<T> work)
      throws SQLException, WorkerBrokenException {
    return inTransaction(Patience.TO_WORK, work);
  }

  /**
   * Runs a transaction that excludes others of the same name, in any program. In SQLite every
   * transaction does.
   *
   * @param patience how long to wait for others
   */
  <T extends @Nullable Object> T exclusively(String name, Duration patience, Work<T> work)
      throws SQLException, WorkerBrokenException {
    return inTransaction(
        patience,
        database == Database.SQLITE
            ? work
            : () -> {
              lock(name, patience);
              return work.run();
            });
  }

  private void lock(String name, Duration patience) throws SQLException {
    try (PreparedStatement lock =
        connection.prepareStatement(
            "SELECT pg_advisory_xact_lock(hashtext(?)) FROM set_config('lock_timeout', ?, true)")) {
      lock.setString(1, name);
      lock.setString(2, patience.toMillis() + "ms");
      lock.execute();
    }
  }

  private <T extends @Nullable Object> T inTransaction(Duration patience, Work<T> work)
      throws SQLException, WorkerBrokenException {
    begin(patience);
    try {
      T result = work.run();
      commit();
      return result;
    } catch (Throwable e) {
      rollback(e);
      throw e;
    }
  }

  /**
   * Begins a transaction; in SQLite an IMMEDIATE one. A transaction that begins by reading cannot
   * wait for the lock when it first writes, since what it has read may have changed.
   */
  private void begin(Duration patience) throws SQLException {
    if (database == Database.SQLITE) {
      patiently(patience, () -> execute("BEGIN IMMEDIATE"));
    } else {
      connection.setAutoCommit(false);
    }
  }

  private void commit() throws SQLException {
    if (database == Database.SQLITE) {
      patiently(() -> execute("COMMIT")); // without WAL, readers hold it up
    } else {
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  /** Rolls back; SQLite may have done so by itself, for example when a disk is full. */
  private void rollback(Throwable failure) throws WorkerBrokenException {
    try {
      if (database == Database.SQLITE) {
        execute("ROLLBACK");
      } else {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    } catch (SQLException e) {
      LOG.debug("the transaction could not be rolled back", e); // and nothing foreign is changed
      if (database == Database.POSTGRESQL || !isOutsideOfTransactions()) {
        throw gone(failure);
      }
    }
  }

  /** Tries to begin a transaction, which is impossible within another. */
  private boolean isOutsideOfTransactions() {
    try {
      execute("BEGIN");
      execute("ROLLBACK");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  /**
   * Called from another thread, after a first cancel, since PostgreSQL's driver cancels a statement
   * only once.
   */
  void cancelAgain(Statement statement) throws SQLException {
    if (database == Database.SQLITE) {
      statement.cancel();
      return;
    }
    try (Connection other = Database.connectToRead(url, 1);
        PreparedStatement cancel = other.prepareStatement("SELECT pg_cancel_backend(?)")) {
      cancel.setInt(1, backend);
      cancel.execute();
    }
  }

  /**
   * Called from another thread: gives up the connection to a server that may not answer. SQLite has
   * no server; the interrupt that follows ends its waits.
   */
  void abort() {
    if (database == Database.SQLITE) {
      return;
    }
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("the connection could not be aborted", e); // its thread will be abandoned
    }
  }

  private boolean execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.execute(sql);
    }
  }

  void ping() throws WorkerBrokenException {
    if (!isAlive()) {
      throw new WorkerBrokenException("the database connection is gone");
    }
  }

  /** Called after a statement failed; throws if the connection is at fault. */
  void requireAlive(SQLException failure) throws WorkerBrokenException {
    if (!isAlive()) {
      throw gone(failure);
    }
  }

  private static WorkerBrokenException gone(Throwable failure) {
    return new WorkerBrokenException(
        "the database connection is gone: " + failure.getMessage(), failure);
  }

  private boolean isAlive() {
    try {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
