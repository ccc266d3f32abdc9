package pool.core;

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

  /** What was captured, as a wrap. */
  @FunctionalInterface
  interface Scope {

    /**
     * Runs something inside: exactly once, on this thread. Called on the worker's thread, by
     * several workers at a time for a bulk call. When this throws before the body has run, or does
     * not run it, the job fails; when it throws after, that is logged.
     *
     * @param body the run
     */
    void run(Runnable body);
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
