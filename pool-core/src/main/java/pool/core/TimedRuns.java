package pool.core;

import org.jspecify.annotations.Nullable;
import pool.api.Worker;

/** The runs of a worker that somebody wants to know of. The worker's thread. */
final class TimedRuns<J, R> {

  private final PoolEvents events;
  private final WorkerThread<J, R> thread;

  private PoolEvents.@Nullable Ran last; // yet to be told

  TimedRuns(PoolEvents events, WorkerThread<J, R> thread) {
    this.events = events;
    this.thread = thread;
  }

  @Nullable R run(Worker<J, R> ready, Work<J, R> work, J job) throws Exception {
    tell();
    PoolEvents.Timing timing = events.runs(thread.name());
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
    PoolEvents.Ran ran = last;
    if (ran != null) {
      last = null;
      events.ran(thread.name(), ran);
    }
  }
}
