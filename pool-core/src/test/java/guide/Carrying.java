package guide;

import pool.api.WorkerFactory;
import pool.core.JobContext;
import pool.core.WorkerPool;

/** What surrounds a submitter surrounds the run. */
final class Carrying {

  private Carrying() {}

  // @start region="context"
  static final ScopedValue<String> TENANT = ScopedValue.newInstance();

  static WorkerPool<String, String> carrying(WorkerFactory<String, String> asking) {
    JobContext tenants =
        () -> {
          String tenant = TENANT.orElse("nobody"); // on the submitter's thread
          return body -> ScopedValue.where(TENANT, tenant).run(body); // around the run
        };
    return WorkerPool.of(asking).context(tenants).context(JobContext.mdc()).open();
  }

  // @end
}
