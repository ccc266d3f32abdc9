package consumer.length;

import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

public final class LengthFactory implements WorkerFactory<String, Integer> {

  @Override
  public String name() {
    return "length";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<Integer> resultType() {
    return Integer.class;
  }

  @Override
  public Worker<String, Integer> open(WorkerContext context) {
    AutoCloseable unused = context.own(() -> System.out.println("closed " + context.workerName()));
    return String::length;
  }
}
