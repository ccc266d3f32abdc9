package pool.core;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * How one job ended.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public sealed interface Outcome<J, R> {

  /**
   * What went in.
   *
   * @return the job
   */
  J job();

  /**
   * Whether the job was done.
   *
   * @return false when it failed, was cancelled or was not started
   */
  default boolean isSucceeded() {
    return this instanceof Succeeded;
  }

  /**
   * The result of a job that was done; throws for any other, as {@link WorkerPool#call} does.
   *
   * @return the result, may be null
   * @throws JobFailedException when the job failed, with its cause and the index -1
   * @throws CancellationException when it was cancelled
   * @throws PoolClosedException when it was not started
   */
  @SuppressWarnings("NullAway") // a result may be null
  default R orElseThrow() {
    return switch (this) {
      case Succeeded<J, R>(J _, R result) -> result;
      case Failed<J, R>(J job, Throwable cause) -> throw new JobFailedException(job, -1, cause);
      case Cancelled<J, R> _ -> throw new CancellationException("the job was cancelled");
      case NotStarted<J, R> _ ->
          throw new PoolClosedException("the job was not started: its pool was closed");
    };
  }

  /**
   * The job was done.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param job what went in
   * @param result what came out, may be null
   */
  record Succeeded<J, R>(J job, @Nullable R result) implements Outcome<J, R> {}

  /**
   * The worker threw.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param job what went in
   * @param cause what was thrown
   */
  record Failed<J, R>(J job, Throwable cause) implements Outcome<J, R> {}

  /**
   * The job was cancelled while it waited or ran.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param job what went in
   */
  record Cancelled<J, R>(J job) implements Outcome<J, R> {}

  /**
   * The job was not started.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param job what went in
   */
  record NotStarted<J, R>(J job) implements Outcome<J, R> {}
}
