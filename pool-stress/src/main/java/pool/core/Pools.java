package pool.core;

import pool.api.WorkerFactory;

/** Real pools, with threads. */
final class Pools {

  static final WorkerFactory<String, String> FACTORY =
      WorkerFactory.of("stress", String.class, String.class, _ -> job -> job);

  private Pools() {}

  static WorkerPool<String, String> open(int workers) {
    return WorkerPool.of(FACTORY).workers(workers).open();
  }
}
