package pool.core.internal.worker;

import org.jspecify.annotations.Nullable;
import pool.api.Worker;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.Work;

/** The runs of a worker that somebody wants to know of. The worker's thread. */
public final class TimedRuns<J, R> {

  private final PoolEvents events;
  private final String worker;
  private final int slot;

  private PoolEvents.@Nullable Ran last; // yet to be told

  public TimedRuns(PoolEvents events, String worker, int slot) {
    this.events = events;
    this.worker = worker;
    this.slot = slot;
  }

  @Nullable R run(Worker<J, R> ready, Work<J, R> work, J job) throws Exception {
    tell();
    PoolEvents.Timing timing = events.runs(worker);
    long waited = work.waitedUntil(timing.began());
    Throwable failure = null;
    try {
      return ready.run(job);
    } catch (Throwable e) {
      failure = e;
      throw e;
    } finally {
      last = timing.ran(job, waited, failure, work.isRunningSettled(slot));
    }
  }

  /** Tells of the last, whose job has settled: it may be asked for its text. */
  public void tell() {
    PoolEvents.Ran ran = last;
    if (ran != null) {
      last = null;
      events.ran(worker, ran);
    }
  }
}
