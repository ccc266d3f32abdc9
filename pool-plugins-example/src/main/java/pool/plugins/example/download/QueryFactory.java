package pool.plugins.example.download;

import java.sql.SQLException;
import java.util.List;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * Opens workers that run SQL queries, for example on what {@link DownloadFactory} has stored.
 *
 * <p>A job is one statement, in a transaction of its own; if it fails, it has changed nothing. A
 * statement may change data only with the option {@code writable}. Without it the database is
 * opened read-only, and it is an error if the file does not exist.
 */
public final class QueryFactory implements WorkerFactory<String, Rows> {

  static final Option<Boolean> WRITABLE =
      Option.optional(
          "writable", QueryFactory::flag, false, "true when statements may change the database");
  static final Option<Long> MAX_BYTES =
      Option.optional(
              "max-bytes", Long::valueOf, 50_000_000L, "about the memory that a result may take")
          .requiring(bytes -> bytes >= 1, "must be at least 1")
          .requiring(bytes -> bytes <= 2_000_000_000, "must be at most 2000000000");

  /** Called by {@link java.util.ServiceLoader}. */
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
    return List.of(Database.URL, WRITABLE, MAX_BYTES);
  }

  private static boolean flag(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  @Override
  public Worker<String, Rows> open(WorkerContext context) throws SQLException {
    return new QueryWorker(context);
  }
}
