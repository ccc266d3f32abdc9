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
  private boolean isOver; // the context has returned
  private @Nullable T result;
  private @Nullable Throwable thrown;

  ScopedCall(Callable<? extends @Nullable T> body) {
    this.body = body;
  }

  /** Calls something in a context; throws what that throws, or that the context has not run it. */
  static <T> @Nullable T call(
      JobContext.Scope scope, String pool, Callable<? extends @Nullable T> body) throws Exception {
    ScopedCall<T> call = new ScopedCall<>(body);
    return call.outcome(call.runIn(scope, pool));
  }

  /** Calls a run with something around it, as {@link #call} does. */
  static <T> @Nullable T callWithin(Around around, String pool, Callable<? extends @Nullable T> run)
      throws Exception {
    ScopedCall<T> call = new ScopedCall<>(run);
    return call.outcome(call.runBy(() -> around.run(call::runOrThrow), pool));
  }

  /** What puts something around a run. */
  @FunctionalInterface
  interface Around {
    void run(JobContext.Run run) throws Exception;
  }

  /** Runs it in a context; if it was not run, why not. */
  @Nullable Throwable runIn(JobContext.Scope scope, String pool) {
    return runBy(() -> scope.run(this), pool);
  }

  @SuppressWarnings("ReferenceEquality") // it is about that very exception
  private @Nullable Throwable runBy(JobContext.Run context, String pool) {
    Throwable failure = null;
    try {
      context.run();
    } catch (Throwable e) {
      failure = e;
    }
    isOver = true;
    if (hasRun && failure != null && failure != thrown) {
      LogLine.of(Level.WARN, pool).logFailure(failure, "a context threw after a job had run in it");
    }
    return hasRun || failure != null
        ? failure
        : new IllegalStateException("the context of the job did not run its body");
  }

  @SuppressWarnings("NullAway") // a result may be null
  private @Nullable T outcome(@Nullable Throwable failure) throws Exception {
    throwIfAny(hasRun ? thrown : failure);
    return result;
  }

  private void runOrThrow() throws Exception {
    run();
    throwIfAny(thrown);
  }

  private static void throwIfAny(@Nullable Throwable failure) throws Exception {
    switch (failure) {
      case null -> {}
      case Exception e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  @Override
  public void run() {
    if (hasRun || isOver || Thread.currentThread() != thread) {
      throw new IllegalStateException(
          "a context runs its body, or what it surrounds, once, on the thread that it got, before it returns");
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

  /** What the body returned; throws what it threw, which is the pool's own fault. */
  @Nullable T result() {
    switch (thrown) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
    return result;
  }
}
