package pool.core;

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
