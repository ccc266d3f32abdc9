package pool.core.internal.util;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.internal.SafeText;

/**
 * Starts platform threads of a pool's own, for what may block or has to watch the clock. All are
 * daemons, unless their caller says otherwise, and inherit nothing from whoever happens to start
 * them.
 */
public final class HelperThreads {

  private final String pool;
  private final PoolLock lock;

  public HelperThreads(String pool, PoolLock lock) {
    this.pool = pool;
    this.lock = lock;
  }

  /** Builds threads named after the pool and what they do. */
  public Thread.Builder.OfPlatform builder(String role) {
    return Thread.ofPlatform()
        .daemon(true)
        .inheritInheritableThreadLocals(false)
        .name(pool + "-" + role);
  }

  /** Makes an executor of at most so many threads, which end when they were idle for a second. */
  public ThreadPoolExecutor executor(String role, int mostThreads) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            mostThreads,
            mostThreads,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            builder(role).factory());
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  /**
   * Starts a thread; null when none can be had, which is logged with what that means. Throws
   * nothing.
   */
  public @Nullable Thread start(String role, Runnable body, String without) {
    try {
      return builder(role).start(body);
    } catch (Throwable e) {
      logNoThread(role, without, e);
      return null;
    }
  }

  /**
   * A thread of a pool has survived what the pool's own code has thrown. An application that has
   * set a handler for exceptions that nobody catches is told, since it may want to end then. Throws
   * nothing, and needs no memory.
   */
  public static void survived(Throwable thrown) {
    try {
      Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
      if (handler != null) {
        handler.uncaughtException(Thread.currentThread(), thrown);
      }
    } catch (Throwable e) {
      // as the JVM does
    }
  }

  private void logNoThread(String role, String without, Throwable cause) {
    try {
      lock.whenFree(() ->
          LogLine.of(Level.ERROR, pool)
              .log(
                  "pool '{}' has no thread '{}', so {}: {}",
                  pool,
                  role,
                  without,
                  SafeText.of(cause)));
    } catch (Throwable e) {
      // nor is there memory for the line
    }
  }
}
