package pool.core;

import org.jspecify.annotations.Nullable;
import pool.api.Worker;

/** The runs of a worker that somebody wants to know of. The worker's thread. */
final class TimedRuns<J, R> {

  private final Moments moments;
  private final WorkerThread<J, R> thread;

  private Moments.@Nullable Ran last; // yet to be told

  TimedRuns(Moments moments, WorkerThread<J, R> thread) {
    this.moments = moments;
    this.thread = thread;
  }

  @Nullable R run(Worker<J, R> ready, Work<J, R> work, J job) throws Exception {
    tell();
    Moments.Timing timing = moments.runs(thread.name());
    long waited = work.waitedUntil(timing.began);
    Throwable failure = null;
    try {
      return ready.run(job);
    } catch (Throwable e) {
      failure = e;
      throw e;
    } finally {
      last = timing.ran(job, waited, failure, work.isRunningCancelled(thread));
    }
  }

  /** Tells of the last, whose job has settled: it may be asked for its text. */
  void tell() {
    Moments.Ran ran = last;
    if (ran != null) {
      last = null;
      moments.ran(thread.name(), ran);
    }
  }
}
