package pool.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A worker that does several jobs in one call: one transaction for many rows, or one request for
 * many keys.
 *
 * <p>The pool never waits for a batch to fill. A job that comes to an idle worker starts at once,
 * alone. A batch consists of the jobs that have gathered while the workers were busy, up to the
 * pool's {@code maxBatch}.
 *
 * {@snippet file="Appending.java" region="appending"}
 *
 * @param <J> the type of the jobs
 * @param <R> the type of the results
 */
@FunctionalInterface
@SuppressWarnings({"try", "FunctionalInterfaceMethodChanged"}) // close() may be interrupted; see of
public interface BatchWorker<J, R> extends Worker<J, R> {

  /**
   * Does some jobs and reports on each of them. The pool calls this method on the worker's thread,
   * one call at a time.
   *
   * <p>The whole call is one run: its time is limited as that of one job is, and the pool calls
   * {@link #cancel} to unblock it once none of its jobs is wanted any more.
   *
   * <p>If this method returns without a report on a job, the job fails, and its exception says so,
   * unless an earlier job of its key {@linkplain Results#failed must run again later}.
   *
   * @param jobs the jobs, at least one, in the order in which they were submitted; unmodifiable
   * @param results receives what became of each job, by its index in {@code jobs}; may be used only
   *     during this call and on this thread
   * @throws BatchRolledBackException if none of the unreported jobs was done: the pool runs each of
   *     them alone, so that only the bad one fails
   * @throws RetryLaterException if none of the unreported jobs was done, and the pool must run them
   *     again later
   * @throws WorkerBrokenException if the resource is broken; an {@link Error} has the same effect.
   *     The unreported jobs fail or, while the pool's {@code maxAttempts} allows it, run again,
   *     each alone
   * @throws Exception if the unreported jobs have failed: they fail with this exception, and the
   *     worker goes on
   */
  void runAll(List<J> jobs, Results<R> results) throws Exception;

  /**
   * Does one job by calling {@link #runAll}. A pool does not call this method.
   *
   * @param job the job, not null
   * @return the result, may be null
   * @throws Exception what {@code runAll} reported for the job, or threw; for a {@link
   *     BatchRolledBackException} its cause, if that is an exception
   */
  @Override
  default @Nullable R run(J job) throws Exception {
    OneResult<R> result = new OneResult<>();
    try {
      runAll(List.of(job), result);
    } catch (BatchRolledBackException e) {
      throw e.reason();
    }
    return result.get();
  }

  /**
   * Returns a lambda as a batch worker, which saves a cast.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param lambda a batch worker, not null
   * @return {@code lambda}
   */
  static <J, R> BatchWorker<J, R> of(BatchWorker<J, R> lambda) {
    return Objects.requireNonNull(lambda, "lambda");
  }

  /**
   * Receives what became of each job of a batch.
   *
   * <p>A worker reports on each job once, in any order, on its own thread, before {@code runAll}
   * returns; any other report is an {@link IllegalStateException}. A report on a job that has been
   * cancelled or has timed out in the meantime has no effect. Functions that are chained to a job's
   * future run within the call that reports on the job.
   *
   * @param <R> the type of the results
   */
  interface Results<R> {

    /**
     * Reports that a job has succeeded. What the result claims must be durable by now.
     *
     * @param index the index of the job in the batch, from 0
     * @param result the result of the job, may be null
     * @throws IndexOutOfBoundsException if there is no such job
     * @throws IllegalStateException if the job has been reported before, {@code runAll} has
     *     returned, or the caller is another thread
     */
    void succeeded(int index, @Nullable R result);

    /**
     * Reports that a job has failed or, with a {@link RetryLaterException}, that the pool must run
     * it again later. Whatever the cause, the worker goes on.
     *
     * <p>A job that will run again holds its key. Later jobs of the key in this batch overtake it
     * if the worker reports them. If {@code runAll} returns without a report on them, they wait
     * behind it. They run again even if the pool could not put that job off, because it had been
     * cancelled meanwhile or had no retries left. If {@code runAll} throws, this holds for them as
     * for all unreported jobs; only after a {@link BatchRolledBackException} they still wait behind
     * it.
     *
     * @param index the index of the job in the batch, from 0
     * @param cause why the job failed, not null
     * @throws IndexOutOfBoundsException if there is no such job
     * @throws IllegalStateException under the same conditions as {@link #succeeded}
     */
    void failed(int index, Throwable cause);
  }
}
