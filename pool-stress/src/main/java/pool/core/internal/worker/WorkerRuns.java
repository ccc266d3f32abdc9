package pool.core.internal.worker;

import pool.api.Worker;
import pool.core.internal.job.Work;

/** Lets a test take the place of a worker's thread: has its runner run what it has started. */
public final class WorkerRuns {

  private WorkerRuns() {}

  /** Runs a job, or as many of a bulk call as it may; returns what the last run threw. */
  public static <J, R> Throwable run(
      WorkerThread<J, R> thread, Worker<J, R> worker, Work<J, R> work) {
    return thread.runner().run(worker, work);
  }
}
