package example;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import pool.api.Option;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** The database of a worker. */
final class Database {

  static final Option<String> URL =
      Option.required("database", text -> text, "the JDBC URL of the notes");

  private Database() {}

  /** A connection that is closed with the worker. */
  static Connection open(WorkerContext context) throws SQLException {
    Connection connection = context.own(DriverManager.getConnection(context.get(URL)));
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE IF NOT EXISTS notes (id BIGINT PRIMARY KEY, text VARCHAR)");
    }
    return connection;
  }

  /** What a worker throws: that its connection is gone, at which it is replaced, or the failure. */
  static Exception classify(SQLException failure, Connection connection) throws SQLException {
    return connection.isValid(5)
        ? failure
        : new WorkerBrokenException("the connection is gone", failure);
  }

  static void check(Connection connection) throws SQLException {
    if (!connection.isValid(5)) {
      throw new SQLException("the connection is gone");
    }
  }
}
