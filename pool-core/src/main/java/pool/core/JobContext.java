package pool.core;

import java.util.List;

/**
 * Carries what surrounds a job on the thread that submits it to the worker that runs it: a trace,
 * the tenant of a request, the MDC of a logger.
 *
 * <p>The pool puts a context around the run, since nobody can set and unset a {@link ScopedValue}:
 *
 * {@snippet :
 * static final ScopedValue<String> TENANT = ScopedValue.newInstance();
 *
 * static WorkerPool<String, String> carrying(WorkerFactory<String, String> asking) {
 *   JobContext tenants =
 *       () -> {
 *         String tenant = TENANT.orElse("nobody"); // on the submitter's thread
 *         return body -> ScopedValue.where(TENANT, tenant).run(body); // around the run
 *       };
 *   return WorkerPool.of(asking).context(tenants).context(JobContext.mdc()).open();
 * }
 * }
 *
 * <p>Several contexts nest, the first one outermost. Functions that are chained to a job's future
 * and run on its worker run inside the context as well; other completions do not. {@code runAll} of
 * a {@code BatchWorker} does several jobs and runs in no context; functions that are chained to one
 * of the jobs run in the context of that job. A job that runs again runs in what was captured when
 * it was submitted. The opening, pings and closing of a worker run in no context.
 *
 * <p>When the pool stops a run, it calls the worker's {@code cancel} only while the worker itself
 * is on the stack. Before and after, it interrupts the context; if the stop came before, {@code
 * Run.run} throws a {@code CancellationException} and does not call the worker.
 *
 * <p>A context is part of the run, so a time limit includes it. It must restore what it sets on its
 * thread, which goes on with the next job.
 */
@FunctionalInterface
public interface JobContext {

  /**
   * Captures what surrounds the job. Called on the thread that submits, once for each submit, bulk
   * call or broadcast; for a stream, on the thread that consumes it.
   *
   * <p>If this method throws, the submit throws the same exception and accepts nothing.
   *
   * @return what to put around the runs, never null; {@link Scope#NONE} if there is nothing to
   *     carry
   */
  Scope capture();

  /**
   * Runs a batch of a {@code BatchWorker} inside something that belongs to the batch as a whole,
   * such as a span with links to the submitters' spans. By default nothing surrounds the batch.
   *
   * <p>Called on the worker's thread, outside the scopes of the jobs, once for each batch in which
   * a job has a scope. An implementation runs the batch exactly once, on this thread, and may throw
   * what the batch throws. If it throws before the batch has run, or does not run it, the batch
   * fails; anything else that it throws is logged.
   *
   * @param scopes what this context captured for each job of the batch, in order; at least one
   * @param run the batch, which throws what {@code runAll} throws
   * @throws Exception what the batch throws
   */
  default void aroundBatch(List<Scope> scopes, Run run) throws Exception {
    run.run();
  }

  /** What a context has captured, to be put around the runs of a job. */
  @FunctionalInterface
  interface Scope {

    /**
     * The scope of a context that has nothing to carry. If no context of the pool captures anything
     * else, the job costs no more than without a context.
     */
    Scope NONE = Runnable::run;

    /**
     * Runs a body inside this scope, exactly once and on this thread. Called on the worker's
     * thread; for a bulk call, several workers may call it at the same time.
     *
     * <p>If this method throws before the body has run, or does not run it, the job fails. If it
     * throws afterwards, the exception is logged.
     *
     * @param body the run, and the functions that are chained to the job; throws nothing, except an
     *     {@link IllegalStateException} if it is run twice, on another thread, or after this method
     *     has returned
     */
    void run(Runnable body);

    /**
     * Runs the worker's run of a job, and nothing else, inside something that sees how it ends,
     * such as a span. By default nothing surrounds the run.
     *
     * <p>Called on the worker's thread, within {@link #run(Runnable)}, once for each run of the
     * job. It returns before the job settles and before any function that is chained to the job
     * runs. It is not called for the jobs of a batch; {@link #aroundBatch} is.
     *
     * <p>An implementation calls the run exactly once, on this thread, and may throw what the run
     * throws. If it throws before the run, or does not call it, the run fails; anything else that
     * it throws is logged.
     *
     * @param run throws what the worker's run throws
     * @throws Exception what the run throws
     */
    default void around(Run run) throws Exception {
      run.run();
    }
  }

  /** One run of a worker. What it throws passes through what surrounds it. */
  @FunctionalInterface
  interface Run {

    /**
     * Performs the run.
     *
     * @throws Exception what the worker throws; an {@link IllegalStateException} if this is called
     *     twice, on another thread, or after what surrounds the run has returned
     */
    void run() throws Exception;
  }

  /**
   * Returns a context that carries SLF4J's MDC. While the worker runs the job, its MDC has the
   * entries of the submitter and its own key {@code worker}; afterwards it has its former entries
   * again.
   *
   * @return the context
   */
  static JobContext mdc() {
    return MdcContext.INSTANCE;
  }
}
