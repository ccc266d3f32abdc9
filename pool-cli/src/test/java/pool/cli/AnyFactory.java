package pool.cli;

import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Reads its lines, and returns its jobs, as a test wants. */
abstract class AnyFactory implements WorkerFactory<Object, Object> {

  @Override
  public String name() {
    return "any";
  }

  @Override
  public Class<Object> jobType() {
    return Object.class;
  }

  @Override
  public Class<Object> resultType() {
    return Object.class;
  }

  @Override
  public Object read(String line) {
    return line;
  }

  Object result(Object job) throws Exception {
    return job;
  }

  @Override
  public Worker<Object, Object> open(WorkerContext context) {
    return this::result;
  }
}
