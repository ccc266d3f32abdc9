package guide;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.PoolCloseException;
import pool.core.WorkerPool;

/** How a pool ends. */
final class Ending {

  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

  private Ending() {}

  static List<Object> deadline(WorkerPool<String, String> pool) {
    // @start region="deadline"
    CloseReport report = pool.shutdown(Duration.ofMillis(300));
    if (!report.isClean()) {
      LOG.warn("{}", report);
    }
    List<Object> notDone = report.notStartedJobs();
    // @end
    return notDone;
  }

  static CloseReport unclean(WorkerFactory<String, String> asking) {
    // @start region="unclean"
    try (WorkerPool<String, String> pool =
        WorkerPool.of(asking).closeTimeout(Duration.ofMillis(300)).open()) {
      pool.submit("hang");
    } catch (PoolCloseException e) {
      return e.report();
    }
    // @end
    throw new AssertionError("it closed cleanly");
  }
}
