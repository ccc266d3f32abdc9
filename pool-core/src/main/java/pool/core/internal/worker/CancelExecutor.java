package pool.core.internal.worker;

import org.slf4j.event.Level;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.util.HelperExecutor;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TaskList;

/**
 * Has runs stopped: {@code Worker.cancel} is foreign code and may block, so neither the canceller
 * nor another worker may have to wait for it. One that hangs is abandoned with its worker.
 */
public final class CancelExecutor {

  private final PoolLock lock;
  private final HelperExecutor helperExecutor;

  public CancelExecutor(Base base, HelperExecutor helperExecutor) {
    this.lock = base.lock();
    this.helperExecutor = helperExecutor;
  }

  /** Has a worker's run stopped, if it is still under way by then. Throws nothing. */
  <J, R> void stopRun(WorkerThread<J, R> worker, Work<J, R> work) {
    try {
      TaskList run = new TaskList();
      run.add(() -> worker.runner().stopRun(work));
      if (stopRuns(run)) {
        return;
      }
    } catch (Throwable e) { // there is no memory for it
    }
    logNotStopped(worker);
  }

  /** Has runs stopped that are still under way by then; false if no thread can be had. */
  boolean stopRuns(TaskList runs) {
    return helperExecutor.unawaited(runs).start();
  }

  /** The run goes on until it ends by itself. */
  private void logNotStopped(WorkerThread<?, ?> worker) {
    try {
      lock.whenFree(() ->
          worker.log(Level.ERROR).log(
              "{} cannot be stopped: there is no thread or no memory for it",
              worker.slot().name()));
    } catch (Throwable e) {
      // nor is there memory for the line
    }
  }
}
