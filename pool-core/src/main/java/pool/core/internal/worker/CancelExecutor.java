package pool.core.internal.worker;

import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.event.Level;
import pool.api.internal.SafeText;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.util.PoolLock;

/**
 * The threads that stop runs: {@code Worker.cancel} is foreign code and may block, so neither the
 * canceller nor another worker may have to wait for it. There are threads only while there is
 * something to stop, and for a second after; when as many {@code cancel}s hang as there may be
 * threads, the next ones wait, and their workers are abandoned in time.
 */
public final class CancelExecutor {

  private static final int MOST_THREADS = 64;

  private final PoolLock lock;
  private final ThreadPoolExecutor threads;

  public CancelExecutor(Base base) {
    this.lock = base.lock();
    this.threads = base.helpers().executor("canceller", MOST_THREADS);
  }

  /** Has the worker's run stopped, if it is still under way by then. Throws nothing. */
  <J, R> void stop(WorkerThread<J, R> worker, Work<J, R> work) {
    try {
      threads.execute(() -> worker.runner().stop(work));
    } catch (Throwable e) { // no thread can be had: the run goes on until it ends by itself
      logNotStopped(worker, e);
    }
  }

  private void logNotStopped(WorkerThread<?, ?> worker, Throwable cause) {
    try {
      lock.whenFree(() ->
          worker.log(Level.ERROR).log(
              "{} cannot be stopped: {}", worker.slot().name(), SafeText.of(cause)));
    } catch (Throwable e) {
      // nor is there memory for the line
    }
  }

  /** Ends its threads. A {@code cancel} that hangs keeps its own. */
  public void close() {
    threads.shutdown();
  }

  public boolean awaitEnd(long nanos) throws InterruptedException {
    return threads.awaitTermination(nanos, TimeUnit.NANOSECONDS);
  }
}
