package pool.core.internal.worker;

import org.slf4j.event.Level;
import pool.api.internal.SafeText;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.util.HelperExecutor;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolLock;

/**
 * Has runs stopped: {@code Worker.cancel} is foreign code and may block, so neither the canceller
 * nor another worker may have to wait for it. One that hangs is abandoned with its worker.
 */
public final class CancelExecutor {

  private final String pool;
  private final PoolLock lock;
  private final HelperExecutor threads;

  public CancelExecutor(Base base, HelperExecutor threads) {
    this.pool = base.settings().name();
    this.lock = base.lock();
    this.threads = threads;
  }

  /** Has a worker's run stopped, if it is still under way by then. Throws nothing. */
  <J, R> void stop(WorkerThread<J, R> worker, Work<J, R> work) {
    try {
      RunsToStop<J, R> runs = new RunsToStop<>();
      runs.add(worker, work);
      stop(runs);
    } catch (Throwable e) {
      logNotStopped(e);
    }
  }

  /** Has those runs stopped that are still under way by then. Throws nothing. */
  void stop(RunsToStop<?, ?> runs) {
    try {
      if (runs.hasMore()) {
        threads.execute(runs);
      }
    } catch (Throwable e) {
      logNotStopped(e);
    }
  }

  /** The runs go on until they end by themselves. */
  private void logNotStopped(Throwable cause) {
    try {
      lock.whenFree(() ->
          LogLine.of(Level.ERROR, pool)
              .log("pool '{}' cannot stop a job: {}", pool, SafeText.of(cause)));
    } catch (Throwable e) {
      // nor is there memory for the line
    }
  }
}
