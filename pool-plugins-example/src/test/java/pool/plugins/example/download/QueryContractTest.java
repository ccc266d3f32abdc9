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
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.testkit.WorkerFactoryContract;

@ParameterizedClass
@EnumSource(Database.class)
class QueryContractTest implements WorkerFactoryContract<String, Rows> {

  private static EmbeddedPostgres postgres;

  @Parameter Database database;

  @TempDir Path folder;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @Override
  public WorkerFactory<String, Rows> factory() {
    return new QueryFactory();
  }

  @Override
  public Map<String, String> options() {
    return Map.of(
        "database",
        switch (database) {
          case SQLITE -> "jdbc:sqlite:" + folder.resolve("store.db");
          case POSTGRESQL -> postgres.getJdbcUrl("postgres", "postgres");
        });
  }

  @Override
  public List<String> samples() {
    return List.of("SELECT 1 AS one", "SELECT 'a' AS letter UNION ALL SELECT 'b'");
  }

  @Override
  public List<String> failing() {
    return List.of("SELECT", "SELECT nothing FROM nowhere");
  }

  @Override
  public String slow() {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
  }

  @Override
  public void breakResource(Worker<String, Rows> worker) throws Exception {
    Assumptions.assumeTrue(database == Database.POSTGRESQL, "SQLite has no connection to end");
    ConnectionBreaker.endAllOthers(postgres);
  }
}
