package pool.plugins.example.note;

import java.util.List;
import pool.api.WorkerFactory;
import pool.testkit.WorkerFactoryContract;

// @start region=contract
class NoteContractTest implements WorkerFactoryContract<Integer, Integer> {

  @Override
  public WorkerFactory<Integer, Integer> factory() {
    return new NoteFactory();
  }

  @Override
  public List<Integer> samples() {
    return List.of(1, 2, 3);
  }
}
// @end
