package pool.api;

import org.jspecify.annotations.Nullable;

/**
 * Does jobs with a resource of its own: opened once, used for many jobs, closed once.
 *
 * <p>All methods but {@link #cancel} are called on the thread that called {@link
 * WorkerFactory#open}, one at a time. A lambda is a worker that needs none of the other methods.
 *
 * {@snippet file="ask/com/example/ask/AskWorker.java" region="run"}
 *
 * @param <J> the jobs
 * @param <R> the results
 */
@FunctionalInterface
@SuppressWarnings("try") // close() may be interrupted
public interface Worker<J, R> extends AutoCloseable {

  /**
   * Does one job. Called on the worker's thread, never twice at a time.
   *
   * <p>What the result claims must be durable when this returns: {@link #finish} may never be
   * called. When the job is cancelled the thread is interrupted; the flag does not outlive the job.
   *
   * @param job what to do, never null
   * @return the result, may be null
   * @throws WorkerBrokenException when the resource is broken: the pool closes this worker and
   *     opens another in its slot. An {@link Error} has the same effect.
   * @throws RetryLaterException when nothing was done, and the job is to be run again later
   * @throws Exception when this job failed: the job's future fails with it, and the worker goes on
   */
  @Nullable R run(J job) throws Exception;

  /**
   * The last act of a healthy worker: flush, commit, say goodbye. Called at most once on the
   * worker's thread, before {@link #close}: when the pool closes, after every job of the pool has
   * settled, or when the worker has done as many jobs as it may, is as old as it may be, or is
   * replaced by {@code replaceWorkers}. Never after the worker broke or the pool's deadline for
   * closing passed.
   *
   * @throws Exception when it fails: reported by the pool, and {@link #close} follows all the same
   */
  default void finish() throws Exception {}

  /**
   * Finds out whether the resource is still good. Called on the worker's thread between jobs: after
   * a job of this worker was stopped, and while it is idle, if the pool has a {@code pingInterval};
   * also before its first job, when it opens for a {@code replaceWorkers}.
   *
   * @throws Exception when the resource is broken: the pool closes this worker and opens another
   */
  default void ping() throws Exception {}

  /**
   * Unblocks the job that is running. Called <b>from another thread</b>, a platform thread of the
   * pool, or a virtual one while foreign code holds all sixteen of them, and only while {@link
   * #run} is executing that job; the thread is interrupted afterwards. Since the two threads are
   * not in step, it may come some instructions before {@code run} is entered or after it is left,
   * but never during another call: the worker waits until this has returned.
   */
  default void cancel() {}

  /**
   * Releases the resource. Called exactly once on the worker's thread, after its last job;
   * resources given to {@link WorkerContext#own} are closed right after it.
   *
   * @throws Exception when it fails: reported by the pool; other workers still close
   */
  @Override
  default void close() throws Exception {}
}
