package pool.core.internal.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What an executor was given, as a job.
 *
 * <p>A stop may cancel a job that a worker has started and whose run has not come as far as the
 * task. Such a task has not begun either, so whoever stops takes it back, by a compare-and-set
 * against its beginning: a task is run or given back, never neither and never both.
 */
public final class Task implements Callable<@Nullable Object> {

  private enum Phase {
    UNBEGUN,
    BEGUN,
    TAKEN_BACK
  }

  private final Callable<?> body;
  private final @Nullable Runnable runnable; // if that was given
  private final boolean hasFuture;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.UNBEGUN);

  private Task(Callable<?> body, @Nullable Runnable runnable, boolean hasFuture) {
    this.body = body;
    this.runnable = runnable;
    this.hasFuture = hasFuture;
  }

  public static Task submitted(Callable<?> task) {
    return new Task(task, null, true);
  }

  @SuppressWarnings("NullAway") // the result may be null
  public static Task submitted(Runnable task, @Nullable Object result) {
    return new Task(Executors.callable(task, result), task, true);
  }

  public static Task executed(Runnable task) {
    return new Task(Executors.callable(task), task, false);
  }

  @Override
  public @Nullable Object call() throws Exception {
    if (phase.compareAndExchange(Phase.UNBEGUN, Phase.BEGUN) == Phase.TAKEN_BACK) {
      return null; // to nobody: it was cancelled
    }
    try {
      return body.call();
    } catch (Throwable e) {
      if (!hasFuture) {
        uncaught(e);
      }
      throw e;
    }
  }

  /** Nobody has the future: it goes where an exception goes that ends a thread. */
  private static void uncaught(Throwable e) {
    Thread thread = Thread.currentThread();
    try {
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    } catch (Throwable ignored) {
      // as the JVM does
    }
  }

  /** Keeps it from beginning; false when it has begun. */
  public boolean takeBack() {
    return phase.compareAndSet(Phase.UNBEGUN, Phase.TAKEN_BACK);
  }

  /** The runnable that was given, or one that runs the callable. */
  public Runnable asGiven() {
    return runnable == null ? new Uncalled(body) : runnable;
  }

  /** A callable that was never called, for whoever wants to run it all the same. */
  public record Uncalled(Callable<?> task) implements Runnable {
    @Override
    public void run() {
      try {
        Object _ = task.call();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Exception e) {
        throw new CompletionException(e);
      }
    }
  }

  @Override
  public String toString() {
    return String.valueOf(runnable == null ? body : runnable);
  }
}
