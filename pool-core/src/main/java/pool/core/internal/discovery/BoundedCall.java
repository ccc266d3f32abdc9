package pool.core.internal.discovery;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.Stacks;

/**
 * Calls foreign code on a thread of its own, and gives up on it when it does not come back. The
 * thread is interrupted then; if that does not end it, it stays, as a daemon.
 */
public final class BoundedCall {

  private BoundedCall() {}

  /**
   * Returns what the code returns, or throws what it throws. An interrupt of the caller is kept for
   * later, since the wait is short.
   *
   * @throws TimeoutException when it has not come back; says where it is
   */
  public static <T> T call(String threadName, Duration limit, Callable<T> code) throws Throwable {
    FutureTask<T> task = new FutureTask<>(code);
    Thread thread = Thread.ofPlatform().daemon().name(threadName).start(task);
    long end = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw Objects.requireNonNull(e.getCause());
    } catch (TimeoutException e) {
      String where = Stacks.place(thread);
      thread.interrupt();
      throw new TimeoutException(
          "it did not come back within %s; it is at %s".formatted(text(limit), where));
    } finally {
      Interrupts.restoreIf(interrupted);
    }
  }

  private static String text(Duration limit) {
    return limit.toNanosPart() == 0 ? limit.toSeconds() + " s" : limit.toMillis() + " ms";
  }
}
