package pool.api;

import org.jspecify.annotations.Nullable;

/**
 * Does jobs with a resource of its own, which is opened once, used for many jobs, and closed once.
 *
 * <p>The pool calls all methods but {@link #cancel} on the thread that called {@link
 * WorkerFactory#open}, one at a time, so a worker's fields need no synchronization. Only {@link
 * #run} must be implemented, so a lambda can be a worker.
 *
 * {@snippet :
 * public String run(String line) throws WorkerBrokenException {
 *   String answer;
 *   try {
 *     answer = client.ask(line);
 *   } catch (IOException e) {
 *     throw new WorkerBrokenException("the connection is lost", e); // another worker is opened
 *   }
 *   if (answer.startsWith("error ")) {
 *     throw new IllegalArgumentException(answer); // this job failed; the connection is good
 *   }
 *   return answer;
 * }
 * }
 *
 * @param <J> the type of the jobs
 * @param <R> the type of the results
 */
@FunctionalInterface
@SuppressWarnings("try") // close() may be interrupted
public interface Worker<J, R> extends AutoCloseable {

  /**
   * Does one job. The pool calls this method on the worker's thread, one call at a time.
   *
   * <p>What the result claims must be durable when this method returns, since {@link #finish} may
   * never be called. To stop a job, the pool calls {@link #cancel} and then interrupts the thread;
   * the interrupt flag does not outlive the job.
   *
   * @param job the job, never null
   * @return the result, may be null
   * @throws WorkerBrokenException if the resource is broken: the pool closes this worker and opens
   *     another in its slot; an {@link Error} has the same effect
   * @throws RetryLaterException if nothing was done and the pool must run the job again later
   * @throws Exception if this job failed: its future fails with the exception, and the worker goes
   *     on
   */
  @Nullable R run(J job) throws Exception;

  /**
   * Performs the last act of a healthy worker, such as a flush, a commit or a goodbye. Does nothing
   * by default.
   *
   * <p>The pool calls this method at most once, on the worker's thread, before {@link #close}:
   *
   * <ul>
   *   <li>when the pool closes, after every job of the pool has settled;
   *   <li>when the worker has done as many jobs as it may, or has reached its maximum age;
   *   <li>when {@code replaceWorkers} replaces the worker.
   * </ul>
   *
   * <p>The pool does not call it after the worker has broken, or once the deadline for closing has
   * passed.
   *
   * @throws Exception if it fails; the pool reports the exception, and calls {@link #close} all the
   *     same
   */
  default void finish() throws Exception {}

  /**
   * Checks whether the resource is still good. Does nothing by default.
   *
   * <p>The pool calls this method on the worker's thread, between jobs: after it has stopped a job
   * of this worker, while the worker is idle if the pool has a {@code pingInterval}, and before the
   * first job of a worker that {@code replaceWorkers} has opened. A call that takes longer than
   * {@code openTimeout} counts as a failure.
   *
   * @throws Exception if the resource is broken: the pool closes this worker and opens another
   */
  default void ping() throws Exception {}

  /**
   * Unblocks the job that is running. Does nothing by default. The pool calls this method <b>from
   * another thread</b>, and interrupts the worker's thread afterwards.
   *
   * <p>The other thread is a platform thread of the pool or, while foreign code holds all sixteen
   * of these, a virtual thread. It makes the call only while {@link #run} is executing that job.
   * Since the two threads are not in step, the call may come some instructions before {@code run}
   * is entered or after it is left, but never during another call: the worker waits until this
   * method has returned.
   */
  default void cancel() {}

  /**
   * Releases the resource. Does nothing by default.
   *
   * <p>The pool calls this method exactly once, on the worker's thread, after the worker's last
   * job. Right after it, the pool closes the resources that were given to {@link
   * WorkerContext#own}.
   *
   * @throws Exception if it fails; the pool reports the exception, and the other workers still
   *     close
   */
  @Override
  default void close() throws Exception {}
}
