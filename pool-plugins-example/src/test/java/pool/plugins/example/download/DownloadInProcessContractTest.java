package pool.plugins.example.download;

import java.net.URI;
import java.util.List;
import pool.api.WorkerFactory;
import pool.process.ProcessFactory;

/** The contract over workers in processes. */
class DownloadInProcessContractTest extends DownloadContractTest {

  static List<Database> databases() {
    return List.of(Database.SQLITE);
  }

  @Override
  public WorkerFactory<URI, Stored> factory() {
    return ProcessFactory.of(DownloadFactory.class);
  }

  @Override
  public int manyWorkers() {
    return 1; // each starts a JVM
  }
}
