package pool.plugins.example.note;

import pool.api.WorkerFactory;
import pool.process.ProcessFactory;

/** The contract over workers in processes. */
class NoteInProcessContractTest extends NoteContractTest {

  @Override
  public WorkerFactory<Integer, Integer> factory() {
    return ProcessFactory.of(NoteFactory.class);
  }

  @Override
  public int manyWorkers() {
    return 3; // each starts a JVM
  }
}
