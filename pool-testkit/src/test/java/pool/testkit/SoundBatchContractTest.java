package pool.testkit;

import java.util.List;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** A factory whose workers do several jobs together. */
class SoundBatchContractTest extends SoundContract {

  @Override
  Sound open(WorkerContext context) {
    return new Together(context);
  }

  /** It tells of each. */
  static class Together extends Sound implements BatchWorker<String, String> {

    Together(WorkerContext context) {
      super(context);
    }

    @Override
    public void runAll(List<String> jobs, Results<String> results) throws Exception {
      for (int i = 0; i < jobs.size(); i++) {
        try {
          results.succeeded(i, run(jobs.get(i)));
        } catch (WorkerBrokenException | InterruptedException e) {
          throw e;
        } catch (Exception e) {
          results.failed(i, e);
        }
      }
    }
  }
}
