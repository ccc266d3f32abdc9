package example;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** Writes notes into a file; the result of each is how many shared its transaction. */
final class NoteWriter implements BatchWorker<String, Integer> {

  private final Connection connection;
  private final PreparedStatement insert;

  NoteWriter(WorkerContext context, String url) throws SQLException {
    connection = context.own(DriverManager.getConnection(url));
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma synchronous = full");
      statement.execute("create table if not exists notes (note text unique)");
    }
    connection.setAutoCommit(false);
    insert = context.own(connection.prepareStatement("insert into notes values (?)"));
  }

  @Override
  public void runAll(List<String> notes, Results<Integer> results) throws Exception {
    try {
      for (String note : notes) {
        insert.setString(1, note);
        insert.addBatch();
      }
      insert.executeBatch();
    } catch (SQLException e) {
      rollBack();
      throw new BatchRolledBackException(e); // each is written alone, and only the bad one fails
    }
    commit();
    for (int i = 0; i < notes.size(); i++) {
      results.succeeded(i, notes.size()); // durable by now
    }
  }

  private void rollBack() throws WorkerBrokenException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      throw new WorkerBrokenException("the connection is lost", e);
    }
  }

  private void commit() throws WorkerBrokenException {
    try {
      connection.commit();
    } catch (SQLException e) { // whether it is durable nobody knows
      throw new WorkerBrokenException("the commit failed", e);
    }
  }
}
