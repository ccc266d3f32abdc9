// @start region="factory"
package shout;

import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

public final class ShoutFactory implements WorkerFactory<String, String> {
  @Override public String name() { return "shout"; }
  @Override public Class<String> jobType() { return String.class; }
  @Override public Class<String> resultType() { return String.class; }

  @Override public Worker<String, String> open(WorkerContext context) {
    context.own(() -> System.out.println(context.workerName() + " closed")); // a resource
    return text -> text.toUpperCase() + "!";
  }
}
// @end
