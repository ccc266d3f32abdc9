package pool.plugins.example.download;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that run SQL queries, such as over what {@link DownloadFactory} has stored. */
public final class QueryFactory implements WorkerFactory<String, Rows> {

  private static final Logger LOG = LoggerFactory.getLogger(QueryFactory.class);

  /** For {@link java.util.ServiceLoader}. */
  public QueryFactory() {}

  @Override
  public String name() {
    return "query";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<Rows> resultType() {
    return Rows.class;
  }

  @Override
  public String description() {
    return "runs SQL queries and returns their rows";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(Database.URL);
  }

  @Override
  public Worker<String, Rows> open(WorkerContext context) throws SQLException {
    Connection connection = context.own(Database.connect(context.get(Database.URL)));
    return new QueryWorker(connection);
  }

  @SuppressWarnings("try") // close() may be interrupted
  private static final class QueryWorker implements Worker<String, Rows> {

    private final Connection connection;
    private final ReentrantLock cancelling = new ReentrantLock();
    private @Nullable Statement running; // under the lock: what follows must not be cancelled

    QueryWorker(Connection connection) {
      this.connection = connection;
    }

    @Override
    public Rows run(String sql) throws SQLException, WorkerBrokenException {
      try {
        return query(sql);
      } catch (SQLException e) {
        Database.requireAlive(connection, e);
        throw e;
      }
    }

    private Rows query(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        running(statement);
        try (ResultSet row = statement.executeQuery(sql)) {
          return rows(row);
        }
      } finally {
        running(null);
      }
    }

    private void running(@Nullable Statement statement) {
      cancelling.lock();
      try {
        running = statement;
      } finally {
        cancelling.unlock();
      }
    }

    private static Rows rows(ResultSet row) throws SQLException {
      ResultSetMetaData columns = row.getMetaData();
      List<Map<String, @Nullable Object>> rows = new ArrayList<>();
      while (row.next()) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          values.put(columns.getColumnLabel(i), row.getObject(i));
        }
        rows.add(values);
      }
      return new Rows(rows);
    }

    /** A query that has ended by itself meanwhile needs none. */
    @Override
    public void cancel() {
      cancelling.lock();
      try {
        if (running != null) {
          running.cancel();
        }
      } catch (SQLException e) {
        LOG.warn("a query could not be cancelled: {}", e.toString());
      } finally {
        cancelling.unlock();
      }
    }

    @Override
    public void ping() throws Exception {
      Database.ping(connection);
    }
  }
}
