package pool.core.internal;

import pool.core.internal.job.JobFuture;

/**
 * Jobs that belong to no pool; for tests of one class alone, which ask for none to be cancelled.
 */
final class Jobs {

  private Jobs() {}

  static JobFuture<String, String> job() {
    return job("job");
  }

  static JobFuture<String, String> job(String name) {
    return new JobFuture<>(null, name);
  }

  /** What was started: its name, or "-" for none. */
  static String started(JobFuture<String, String> future) {
    return future == null ? "-" : future.job();
  }
}
