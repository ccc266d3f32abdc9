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
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that run SQL queries, such as over what {@link DownloadFactory} has stored. */
public final class QueryFactory implements WorkerFactory<String, Rows> {

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
  private record QueryWorker(Connection connection) implements Worker<String, Rows> {

    @Override
    public Rows run(String sql) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(sql)) {
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
    }

    @Override
    public void ping() throws Exception {
      Database.ping(connection);
    }
  }
}
