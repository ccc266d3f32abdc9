package pool.core.internal.worker;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.core.JobContext;
import pool.core.internal.util.LogLine;

/**
 * Something that is run in a context, which is foreign code: it is run once, on this thread, or not
 * at all, and what the context does wrong is told.
 */
final class ScopedCall<T> implements Runnable {

  private final Thread thread = Thread.currentThread();
  private final Callable<? extends @Nullable T> body;
  private boolean hasRun;
  private @Nullable T result;
  private @Nullable Throwable thrown;

  ScopedCall(Callable<? extends @Nullable T> body) {
    this.body = body;
  }

  /** Calls something in a context; throws what that throws, or that the context has not run it. */
  @SuppressWarnings("NullAway") // a result may be null
  static <T> @Nullable T call(
      JobContext.Scope scope, String pool, Callable<? extends @Nullable T> body) throws Exception {
    ScopedCall<T> call = new ScopedCall<>(body);
    Throwable failure = call.runIn(scope, pool);
    switch (call.hasRun ? call.thrown : failure) {
      case null -> {}
      case Exception e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    return call.result;
  }

  /** Runs it in a context; if it was not run, why not. */
  @Nullable Throwable runIn(JobContext.Scope scope, String pool) {
    Throwable failure = null;
    try {
      scope.run(this);
    } catch (Throwable e) {
      failure = e;
    }
    if (hasRun && failure != null) {
      LogLine.of(Level.WARN, pool).logFailure(failure, "a context threw after a job had run in it");
    }
    return hasRun || failure != null
        ? failure
        : new IllegalStateException("the context of the job did not run its body");
  }

  @Override
  public void run() {
    if (hasRun || Thread.currentThread() != thread) {
      throw new IllegalStateException("a context runs its body once, on the thread that it got");
    }
    hasRun = true;
    try {
      result = body.call();
    } catch (Throwable e) {
      thrown = e;
    }
  }

  boolean hasRun() {
    return hasRun;
  }

  @Nullable T result() {
    return result;
  }
}
