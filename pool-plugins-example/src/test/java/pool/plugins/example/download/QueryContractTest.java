package pool.plugins.example.download;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import pool.api.WorkerFactory;

class QueryContractTest extends DatabaseContract<String, Rows> {

  /** A query creates no database. */
  @BeforeEach
  void createStore() throws Exception {
    Database.connect(url()).close();
  }

  @Override
  public WorkerFactory<String, Rows> factory() {
    return new QueryFactory();
  }

  @Override
  public List<String> samples() {
    return List.of("SELECT 1 AS one", "SELECT 'a' AS letter UNION ALL SELECT 'b'");
  }

  @Override
  public List<String> failing() {
    return List.of("SELEC", "SELECT nothing FROM nowhere");
  }

  @Override
  public String slow() {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
  }
}
