package pool.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Does several jobs in one call: one transaction for many rows, one request for many keys.
 *
 * <p>Nobody waits for a batch to fill. A job that comes to an idle worker starts at once, alone; a
 * batch is what has gathered while the workers were busy, up to the pool's {@code maxBatch}.
 *
 * {@snippet file="Appending.java" region="appending"}
 *
 * @param <J> the jobs
 * @param <R> the results
 */
@FunctionalInterface
@SuppressWarnings({"try", "FunctionalInterfaceMethodChanged"}) // close() may be interrupted; see of
public interface BatchWorker<J, R> extends Worker<J, R> {

  /**
   * Does some jobs, and reports on each. Called on the worker's thread, never twice at a time. The
   * whole call is one run: its time is limited as that of one job, and {@link #cancel} unblocks it
   * when nobody wants any of its jobs any more.
   *
   * <p>A job on which this has not reported when it returns has failed, and says so.
   *
   * @param jobs what to do, at least one, in the order of their submission; unmodifiable
   * @param results where to tell what became of each, by its index in {@code jobs}; for the time of
   *     this call and for this thread alone
   * @throws BatchRolledBackException when nothing was done of those that were not told: the pool
   *     runs each of them alone, so that only the bad one fails
   * @throws RetryLaterException when nothing was done of those that were not told, and they are to
   *     be run again later
   * @throws WorkerBrokenException when the resource is broken; an {@link Error} has the same
   *     effect. Those that were not told have failed, or are tried again, each alone, while the
   *     pool's {@code maxAttempts} allows
   * @throws Exception when all that were not told have failed with it; the worker goes on
   */
  void runAll(List<J> jobs, Results<R> results) throws Exception;

  /**
   * Does one job, by {@link #runAll}. The pool does not call this.
   *
   * @param job what to do, never null
   * @return the result, may be null
   * @throws Exception what {@code runAll} reported of the job, or threw; of a {@link
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
   * A batch worker from a lambda, which spares a cast.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param lambda does some jobs
   * @return the same
   */
  static <J, R> BatchWorker<J, R> of(BatchWorker<J, R> lambda) {
    return Objects.requireNonNull(lambda, "lambda");
  }

  /**
   * Where a worker tells what became of the jobs of a batch. Each job is told once, in any order,
   * on the worker's thread, before {@code runAll} returns; all else is an {@link
   * IllegalStateException}. Telling of a job that was cancelled or has timed out meanwhile has no
   * effect. What is chained to a job's future runs within the call that tells of it.
   *
   * @param <R> the results
   */
  interface Results<R> {

    /**
     * A job has succeeded. What the result claims is durable by now.
     *
     * @param index of the job, from 0
     * @param result of the job, may be null
     * @throws IndexOutOfBoundsException when there is no such job
     * @throws IllegalStateException when the job was told before, after {@code runAll} has
     *     returned, or on another thread
     */
    void succeeded(int index, @Nullable R result);

    /**
     * A job has failed, or, with a {@link RetryLaterException}, is to be run again later. The
     * worker goes on, whatever the cause. Jobs of its key that come later in the batch and are not
     * told wait behind one that is run again; those that are told have overtaken it.
     *
     * @param index of the job, from 0
     * @param cause why, never null
     * @throws IndexOutOfBoundsException when there is no such job
     * @throws IllegalStateException as {@link #succeeded} does
     */
    void failed(int index, Throwable cause);
  }
}
