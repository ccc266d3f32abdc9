package pool.core;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Stops runs, on platform threads of its own: {@code Worker.cancel} is the user's code and may
 * block, so neither the canceller nor another worker may have to wait for it. There are threads
 * only while there is something to stop, and for a second after; when as many {@code cancel}s hang
 * as there may be threads, the next ones wait, and their workers are abandoned in time.
 */
final class CancelExecutor {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private static final int MOST_THREADS = 64;

  private final String pool;
  private final ThreadPoolExecutor threads;
  private final Set<Thread> completers = ConcurrentHashMap.newKeySet();

  CancelExecutor(String pool) {
    this.pool = pool;
    threads =
        new ThreadPoolExecutor(
            MOST_THREADS,
            MOST_THREADS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform()
                .daemon(true)
                .inheritInheritableThreadLocals(false)
                .name(pool + "-stopper-", 0)
                .factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /** Has the worker stop that run, if it is still under way by then. */
  <J, R> void stop(WorkerThread<J, R> worker, Work<J, R> work) {
    try {
      threads.execute(() -> worker.runner.stop(work));
    } catch (Throwable e) { // no thread can be had: the run goes on until it ends by itself
      LogLine.of(LOG, Level.ERROR, worker)
          .log("{} cannot be stopped: {}", worker.name(), SafeText.of(e));
    }
  }

  /**
   * Runs what may block, behind nothing that hangs, or runs it here when no thread can be had; on
   * which thread.
   */
  Thread run(Runnable task) {
    try {
      return Thread.ofPlatform()
          .daemon(true)
          .inheritInheritableThreadLocals(false)
          .name(pool + "-completion")
          .start(() -> {
            completers.add(Thread.currentThread());
            try {
              task.run();
            } finally {
              completers.remove(Thread.currentThread());
            }
          });
    } catch (Throwable e) {
      task.run();
      return Thread.currentThread();
    }
  }

  /** The threads of {@link #run} that have not ended. */
  Set<Thread> completers() {
    return completers;
  }

  /** Ends its threads. A {@code cancel} that hangs keeps its own. */
  void close() {
    threads.shutdown();
  }

  boolean awaitEnd(long nanos) throws InterruptedException {
    return threads.awaitTermination(nanos, TimeUnit.NANOSECONDS);
  }
}
