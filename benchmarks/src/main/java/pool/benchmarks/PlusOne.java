package pool.benchmarks;

import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Workers that add one. */
public abstract sealed class PlusOne implements WorkerFactory<Integer, Integer> {

  @Override
  public String name() {
    return "plus-one";
  }

  @Override
  public Class<Integer> jobType() {
    return Integer.class;
  }

  @Override
  public Class<Integer> resultType() {
    return Integer.class;
  }

  /** One job at a time. */
  public static final class Alone extends PlusOne {

    @Override
    public Worker<Integer, Integer> open(WorkerContext context) {
      return job -> job + 1;
    }
  }

  /** Those that wait. */
  public static final class Together extends PlusOne {

    @Override
    public Worker<Integer, Integer> open(WorkerContext context) {
      return BatchWorker.of((jobs, results) -> {
        for (int i = 0; i < jobs.size(); i++) {
          results.succeeded(i, jobs.get(i) + 1);
        }
      });
    }
  }
}
