package consumer.boot;

import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

public final class UpperFactory implements WorkerFactory<String, String> {

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
    return String::toUpperCase;
  }
}
