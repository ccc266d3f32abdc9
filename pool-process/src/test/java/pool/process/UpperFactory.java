package pool.process;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Workers that take texts together, and answer in capitals, with the size of the batch. */
public final class UpperFactory implements WorkerFactory<String, String> {

  /** For the child. */
  public UpperFactory() {}

  @Override
  public String name() {
    return "upper";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<String> resultType() {
    return String.class;
  }

  @Override
  public Worker<String, String> open(WorkerContext context) {
    return BatchWorker.of(UpperFactory::runAll);
  }

  private static void runAll(List<String> jobs, BatchWorker.Results<String> results)
      throws Exception {
    if (jobs.contains("poison")) {
      throw new BatchRolledBackException(new IOException("poison"));
    }
    for (int i = 0; i < jobs.size(); i++) {
      if (jobs.get(i).equals("halt")) {
        Runtime.getRuntime().halt(9);
      }
      if (jobs.get(i).equals("bad")) {
        results.failed(i, new IOException("bad"));
      } else {
        results.succeeded(i, jobs.get(i).toUpperCase(Locale.ROOT) + " of " + jobs.size());
        if (jobs.get(i).equals("twice")) {
          results.succeeded(i, "again");
        }
      }
    }
  }
}
