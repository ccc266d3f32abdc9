package consumer.reverse;

import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

public final class ReverseFactory implements WorkerFactory<String, String> {

  @Override
  public String name() {
    return "reverse";
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
    AutoCloseable unused = context.own(() -> System.out.println("closed " + context.workerName()));
    return word -> new StringBuilder(word).reverse().toString();
  }
}
