package pool.micrometer;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import org.slf4j.MDC;
import pool.core.JobContext;

/**
 * Carries what Micrometer's context propagation captures from the submitter to the worker: the
 * thread-locals that have an accessor in a {@code ContextRegistry}, such as the current
 * observation, baggage and the MDC. Needs {@code context-propagation}, which is not a dependency of
 * this module.
 */
public final class ContextSnapshots {

  private static final String WORKER = "worker"; // the worker's own key in the MDC

  private ContextSnapshots() {}

  /**
   * Carries the thread-locals of the global {@code ContextRegistry}. A thread-local that the
   * submitter has not set is not set during the job, either.
   *
   * @return a context for the builder of a pool
   */
  public static JobContext jobContext() {
    return jobContext(ContextSnapshotFactory.builder().clearMissing(true).build());
  }

  /**
   * Carries what a factory of snapshots captures. After the job the worker's own values are
   * restored. During the job it keeps its own key {@code worker} of the MDC.
   *
   * @param snapshots a factory, such as one with another registry, or for some keys only
   * @return a context for the builder of a pool
   */
  public static JobContext jobContext(ContextSnapshotFactory snapshots) {
    return () -> {
      ContextSnapshot snapshot = snapshots.captureAll();
      return body -> run(snapshot, body);
    };
  }

  private static void run(ContextSnapshot snapshot, Runnable body) {
    String worker = MDC.get(WORKER);
    try (ContextSnapshot.Scope _ = snapshot.setThreadLocals()) {
      if (worker != null) {
        MDC.put(WORKER, worker);
      }
      body.run();
    }
  }
}
