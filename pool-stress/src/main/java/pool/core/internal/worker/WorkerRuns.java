package pool.core.internal.worker;

import pool.api.Worker;
import pool.core.internal.job.Work;

/** Lets a test take the place of a worker's thread, or of a canceller's. */
public final class WorkerRuns {

  private WorkerRuns() {}

  /** Runs a job, or as many of a bulk call as it may; returns what the last run threw. */
  public static <J, R> Throwable run(
      WorkerThread<J, R> thread, Worker<J, R> worker, Work<J, R> work) {
    return thread.runner().run(worker, work);
  }

  /** Stops the run of a settled job, as a canceller does. */
  public static <J, R> void stop(WorkerThread<J, R> thread, Work<J, R> work) {
    thread.runner().stopRun(work);
  }
}
