package pool.micrometer;

import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Workers whose process ends, or hangs, when a job says so. */
public final class ExitFactory implements WorkerFactory<String, String> {

  /** For the child. */
  public ExitFactory() {}

  @Override
  public String name() {
    return "exit";
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
    return job -> {
      if (job.equals("exit")) {
        System.exit(7);
      }
      while (job.equals("hang")) {
        Thread.onSpinWait(); // and sees no interrupt
      }
      return job;
    };
  }
}
