package pool.core.internal.executor;

import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import pool.core.Outcome;
import pool.core.internal.job.JobFuture;

/**
 * The future of a task, to the letter of {@link Future}. The pool's own says some things otherwise:
 * a {@code CompletableFuture} takes the cause of a CompletionException for what was thrown; and a
 * job that a close has returned has failed there, while a task that was never started is cancelled
 * here.
 */
public final class TaskFuture<T> implements Future<T> {

  private static final Callable<?> GONE = () -> null; // the pool has let go of the task

  private final JobFuture<Callable<?>, Object> job;

  public TaskFuture(JobFuture<Callable<?>, Object> job) {
    this.job = job;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    return job.cancelHere(mayInterruptIfRunning);
  }

  @Override
  public boolean isCancelled() {
    return job.isCalledOff();
  }

  @Override
  public boolean isDone() {
    return job.isDone() || isCancelled();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    if (!isDone()) {
      job.awaitDone();
    }
    return result();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    long nanos = unit.toNanos(timeout);
    if (!isDone()) {
      try {
        Object _ = job.get(nanos, TimeUnit.NANOSECONDS);
      } catch (ExecutionException | CancellationException e) {
        // told by result(), as it was thrown
      }
    }
    return result();
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the task was a Callable<T>
  private T result() throws ExecutionException {
    if (isCancelled()) { // perhaps not yet published
      throw new CancellationException("the task was cancelled, or returned by a close");
    }
    return (T) result(job.outcome(GONE));
  }

  /** What {@code get} tells of a task that has ended. */
  public static @Nullable Object result(Outcome<Callable<?>, Object> outcome)
      throws ExecutionException {
    return switch (outcome) {
      case Outcome.Succeeded(var _, var result) -> result;
      case Outcome.Failed(var _, var cause) -> throw new ExecutionException(cause);
      case Outcome.Cancelled<?, ?> _, Outcome.NotStarted<?, ?> _ ->
          throw new CancellationException();
    };
  }

  @Override
  public String toString() {
    return "TaskFuture[" + state() + "]";
  }
}
