package pool.plugins.example.download;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** One connection, on which each job is a transaction. */
@SuppressWarnings("try") // close() may be interrupted
final class QueryWorker implements Worker<String, Rows> {

  private static final Logger LOG = LoggerFactory.getLogger(QueryWorker.class);

  private static final int FETCH_SIZE = 100; // rows that PostgreSQL sends at a time
  private static final int CANCELS = 10;
  private static final Duration CANCEL_AGAIN = Duration.ofMillis(200);
  private static final int SQLITE_READONLY = 8;
  private static final String POSTGRESQL_READ_ONLY = "25006";
  private static final String POSTGRESQL_IN_TRANSACTION = "25001";
  private static final String WAY_OUT = "; 'query' only reads, unless option 'writable' is true";

  private final Session session;
  private final boolean writable;
  private final long maxBytes;
  private final ReentrantLock cancelling = new ReentrantLock();
  private final Condition ended = cancelling.newCondition();
  private @Nullable Statement running; // under the lock: no later statement must be cancelled

  QueryWorker(WorkerContext context) throws SQLException {
    this.writable = context.get(QueryFactory.WRITABLE);
    this.maxBytes = context.get(QueryFactory.MAX_BYTES);
    this.session = context.own(Session.of(context.get(Database.URL), writable, maxBytes));
  }

  @Override
  public Rows run(String job) throws SQLException, WorkerBrokenException {
    SqlText sql = SqlText.of(session.database(), job);
    if (!writable && sql.writes()) {
      throw new SQLException("'" + sql.verb() + "' writes" + WAY_OUT);
    }
    try {
      return inTransaction(sql);
    } catch (SQLException e) {
      session.requireAlive(e);
      throw isRefusedToWrite(e)
          ? new SQLException(e.getMessage() + WAY_OUT, e.getSQLState(), e.getErrorCode(), e)
          : e;
    }
  }

  /** Runs a statement so that it has changed nothing, even if only returning its rows fails. */
  private Rows inTransaction(SqlText sql) throws SQLException, WorkerBrokenException {
    if (session.database() == Database.SQLITE && (!writable || sql.isOutsideOfTransactions())) {
      return session.patiently(() -> execute(sql));
    }
    try {
      return session.inTransaction(() -> execute(sql));
    } catch (SQLException e) {
      if (writable && POSTGRESQL_IN_TRANSACTION.equals(e.getSQLState())) {
        return execute(sql); // such as VACUUM, which must not be in a transaction
      }
      throw e;
    }
  }

  private boolean isRefusedToWrite(SQLException e) {
    return !writable
        && (session.database() == Database.SQLITE
            ? (e.getErrorCode() & 0xff) == SQLITE_READONLY
            : POSTGRESQL_READ_ONLY.equals(e.getSQLState()));
  }

  private Rows execute(SqlText sql) throws SQLException {
    try (Statement statement = session.connection().createStatement()) {
      statement.setFetchSize(FETCH_SIZE);
      running(statement);
      if (!statement.execute(sql.sql())) {
        return new Rows(List.of());
      }
      try (ResultSet row = statement.getResultSet()) {
        return new ResultReader(row, maxBytes).rows();
      }
    } finally {
      running(null);
    }
  }

  private void running(@Nullable Statement statement) {
    cancelling.lock();
    try {
      running = statement;
      ended.signalAll();
    } finally {
      cancelling.unlock();
    }
  }

  /**
   * Cancels a query several times: one that the database has not yet begun does not notice the
   * first attempt. A query that has ended by itself needs none.
   */
  @Override
  public void cancel() {
    cancelling.lock();
    try {
      for (int i = 0; i < CANCELS && running != null; i++) {
        if (i == 0) {
          running.cancel();
        } else {
          session.cancelAgain(running);
        }
        boolean _ = ended.await(CANCEL_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (SQLException e) {
      LOG.warn("a query could not be cancelled: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      cancelling.unlock();
    }
  }

  @Override
  public void ping() throws WorkerBrokenException {
    session.ping();
  }
}
