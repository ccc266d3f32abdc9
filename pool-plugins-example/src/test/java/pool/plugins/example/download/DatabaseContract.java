package pool.plugins.example.download;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.Worker;
import pool.testkit.WorkerFactoryContract;

/** The contract for workers with a connection to either kind of database. */
@ParameterizedClass
@MethodSource("databases")
abstract class DatabaseContract<J, R> implements WorkerFactoryContract<J, R> {

  private static EmbeddedPostgres postgres;

  @Parameter Database database;

  @TempDir Path folder;

  static List<Database> databases() {
    return List.of(Database.values());
  }

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @Override
  public Map<String, String> options() {
    return Map.of("database", url());
  }

  final String url() {
    return switch (database) {
      case SQLITE -> "jdbc:sqlite:" + folder.resolve("store.db");
      case POSTGRESQL -> postgres.getJdbcUrl("postgres", "postgres");
    };
  }

  /** Ends its connection, as an operator would. */
  @Override
  public void breakResource(Worker<J, R> worker) throws Exception {
    Assumptions.assumeTrue(database == Database.POSTGRESQL, "SQLite has no connection to end");
    try (var connection = postgres.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
              + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
    }
  }
}
