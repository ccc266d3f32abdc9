package consumer.boot;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Workers with a connection. The JDK looks for its driver once, in the first thread that asks. */
final class Queries {

  private static final WorkerFactory<String, String> FACTORY =
      WorkerFactory.of(
          "query",
          String.class,
          String.class,
          context -> {
            Connection connection =
                context.own(DriverManager.getConnection("jdbc:h2:mem:" + context.workerName()));
            return query -> {
              try (Statement statement = connection.createStatement();
                  ResultSet rows = statement.executeQuery(query)) {
                rows.next();
                return rows.getString(1);
              }
            };
          });

  private Queries() {}

  static List<String> ask(ThreadKind threads) {
    try (var pool = WorkerPool.of(FACTORY).workers(2).threads(threads).open()) {
      return pool.map(List.of("VALUES 6 * 7", "VALUES 'text'"));
    }
  }
}
