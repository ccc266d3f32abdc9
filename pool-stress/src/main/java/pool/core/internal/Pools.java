package pool.core.internal;

import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** Real pools, with threads. */
final class Pools {

  static final WorkerFactory<String, String> FACTORY =
      WorkerFactory.of("stress", String.class, String.class, _ -> Pools::run);

  /** The job that breaks its worker. */
  static final String BREAK = "break";

  private Pools() {}

  private static String run(String job) throws WorkerBrokenException {
    if (job.equals(BREAK)) {
      throw new WorkerBrokenException("as it was told");
    }
    return job;
  }

  static WorkerPool<String, String> open(int workers) {
    return WorkerPool.of(FACTORY).workers(workers).open();
  }
}
