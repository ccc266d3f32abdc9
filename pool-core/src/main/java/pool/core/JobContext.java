package pool.core;

import java.util.List;

/**
 * What surrounds a job on the thread that submits it, and is to surround its run on the worker: a
 * trace, the tenant of a request, the MDC of a logger.
 *
 * <p>It wraps the run, since a {@link ScopedValue} cannot be set and unset:
 *
 * {@snippet :
 * ScopedValue<String> TENANT = ScopedValue.newInstance();
 * JobContext tenants = () -> {
 *   String tenant = TENANT.orElse("nobody");
 *   return body -> ScopedValue.where(TENANT, tenant).run(body);
 * };
 * WorkerPool.of(factory).context(tenants).context(JobContext.mdc()).open();
 * }
 *
 * <p>Several nest, the first given outermost. What is chained to a job's future and runs on its
 * worker runs inside as well; what completes otherwise does not. {@code runAll} of a {@code
 * BatchWorker} does several jobs and runs in none; what is chained to one of them runs in that of
 * its job. A job that is run again runs in what was captured when it was submitted. A worker's
 * opening, pings and closing run in none.
 *
 * <p>A context is part of the run: a time limit counts it. What it sets on the thread it sets back,
 * since the thread goes on with the next job.
 */
@FunctionalInterface
public interface JobContext {

  /**
   * Notes what surrounds the job. Called on the thread that submits, once for each submit, bulk
   * call or broadcast; for a stream, on the thread that consumes it.
   *
   * @return what to put around the runs, never null; what this throws is thrown by the submit,
   *     which accepts nothing then
   */
  Scope capture();

  /**
   * Runs {@code runAll} of a {@code BatchWorker} inside something that belongs to the batch as a
   * whole, such as a span with links to the submitters' spans. By default there is nothing around.
   *
   * <p>Called on the worker's thread, outside the scopes of the jobs, once for each batch of which
   * a job has a scope. It runs the batch exactly once, on this thread, and may throw what that
   * throws. When this throws before, or does not run it, the batch fails; what else it throws is
   * logged.
   *
   * @param scopes what this context captured for each job of the batch, in order; at least one
   * @param run the batch, which throws what {@code runAll} throws
   * @throws Exception what the run throws
   */
  default void aroundBatch(List<Scope> scopes, Run run) throws Exception {
    run.run();
  }

  /** What was captured, as a wrap. */
  @FunctionalInterface
  interface Scope {

    /**
     * Captured where nothing is to be carried. When no context of the pool captures anything else,
     * the job costs what it does without a context.
     */
    Scope NONE = Runnable::run;

    /**
     * Runs something inside: exactly once, on this thread. Called on the worker's thread, by
     * several workers at a time for a bulk call. When this throws before the body has run, or does
     * not run it, the job fails; when it throws after, that is logged.
     *
     * @param body the run, and what is chained to the job; throws nothing
     */
    void run(Runnable body);

    /**
     * Runs the worker's run of a job, and nothing else, inside something that sees how it ends,
     * such as a span. By default there is nothing around.
     *
     * <p>Called on the worker's thread, within {@link #run(Runnable)}, once for each run of the
     * job. It has returned before the job settles, and before anything runs that is chained to it.
     * It is not called for the jobs of a batch: {@link #aroundBatch} is.
     *
     * <p>It calls the run exactly once, on this thread, and may throw what that throws. When this
     * throws before, or does not call it, the run fails; what else it throws is logged.
     *
     * @param run throws what the worker's run throws
     * @throws Exception what the run throws
     */
    default void around(Run run) throws Exception {
      run.run();
    }
  }

  /** One run of a worker, whose failure passes through what is around it. */
  @FunctionalInterface
  interface Run {

    /**
     * Runs it.
     *
     * @throws Exception what the worker throws
     */
    void run() throws Exception;
  }

  /**
   * Carries SLF4J's MDC: the worker has the entries of the submitter while it runs the job, beside
   * its own key {@code worker}, and then those that it had.
   *
   * @return a context
   */
  static JobContext mdc() {
    return MdcContext.INSTANCE;
  }
}
