package pool.core;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * How one job ended: it succeeded, failed, was cancelled, or was not started.
 *
 * {@snippet :
 * for (Outcome<String, String> outcome : pool.mapAll(lines)) {
 *   tell.accept(
 *       switch (outcome) {
 *         case Outcome.Succeeded(var line, var answer) -> line + ": " + answer;
 *         case Outcome.Failed(var line, var cause) -> line + " failed: " + cause.getMessage();
 *         case Outcome.Cancelled(var line) -> line + " was cancelled";
 *         case Outcome.NotStarted(var line) -> line + " was not started";
 *       });
 * }
 * }
 *
 * @param <J> the type of the jobs
 * @param <R> the type of the results
 */
public sealed interface Outcome<J, R> {

  /**
   * Returns the job.
   *
   * @return the job, never null
   */
  J job();

  /**
   * Returns whether the job succeeded.
   *
   * @return {@code false} if it failed, was cancelled, or was not started
   */
  default boolean isSucceeded() {
    return this instanceof Succeeded;
  }

  /**
   * Returns the result of a job that succeeded. For any other it throws, as {@link WorkerPool#call}
   * does.
   *
   * @return the result, may be null
   * @throws JobFailedException if the job failed; it has the cause, and the index -1
   * @throws CancellationException if the job was cancelled
   * @throws PoolClosedException if the job was not started: its pool was closed, or the slot of its
   *     broadcast had no open worker
   */
  @SuppressWarnings("NullAway") // a result may be null
  default R orElseThrow() {
    return switch (this) {
      case Succeeded<J, R>(J _, R result) -> result;
      case Failed<J, R>(J job, Throwable cause) -> throw new JobFailedException(job, -1, cause);
      case Cancelled<J, R> _ -> throw new CancellationException("the job was cancelled");
      case NotStarted<J, R> _ ->
          throw new PoolClosedException(
              "the job was not started: its pool was closed, or its slot had no open worker");
    };
  }

  /**
   * The job succeeded.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param job the job
   * @param result the result, may be null
   */
  record Succeeded<J, R>(J job, @Nullable R result) implements Outcome<J, R> {}

  /**
   * The job failed: the worker threw, the run took longer than {@code jobTimeout}, or no worker
   * could be opened.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param job the job
   * @param cause what the worker threw, a {@code TimeoutException}, or a {@link
   *     PoolBrokenException}
   */
  record Failed<J, R>(J job, Throwable cause) implements Outcome<J, R> {}

  /**
   * The job was cancelled while it waited or ran.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param job the job
   */
  record Cancelled<J, R>(J job) implements Outcome<J, R> {}

  /**
   * The job was not started, because the pool was closed or, in a broadcast, because the slot had
   * no open worker. A job that waited for a retry when the pool stopped counts as not started, too.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param job the job
   */
  record NotStarted<J, R>(J job) implements Outcome<J, R> {}
}
