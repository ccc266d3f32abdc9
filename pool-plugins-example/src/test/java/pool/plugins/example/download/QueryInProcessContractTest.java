package pool.plugins.example.download;

import java.util.List;
import pool.api.WorkerFactory;
import pool.process.ProcessFactory;

/** The contract over workers in processes. */
class QueryInProcessContractTest extends QueryContractTest {

  static List<Database> databases() {
    return List.of(Database.SQLITE);
  }

  @Override
  public WorkerFactory<String, Rows> factory() {
    return ProcessFactory.of(QueryFactory.class);
  }

  @Override
  public int manyWorkers() {
    return 1; // each starts a JVM
  }
}
