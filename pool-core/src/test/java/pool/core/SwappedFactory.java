package pool.core;

import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** A plugin that is loaded several times, each time by a loader of its own. */
final class SwappedFactory implements WorkerFactory<String, String> {

  @Override
  public String name() {
    return "swapped";
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
    ClassLoader own = SwappedFactory.class.getClassLoader();
    return _ -> own.equals(Thread.currentThread().getContextClassLoader()) ? own.getName() : "?";
  }
}
