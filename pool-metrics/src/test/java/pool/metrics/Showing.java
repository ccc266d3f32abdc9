package pool.metrics;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import pool.api.WorkerFactory;
import pool.core.JobRun;
import pool.core.PoolListener;
import pool.core.WorkerPool;

/** What the guide shows of meters and MBeans. */
final class Showing {

  private Showing() {}

  static WorkerPool<String, String> metered(WorkerFactory<String, String> asking, PoolMeter meter) {
    // @start region="meter"
    WorkerPool<String, String> pool = WorkerPool.of(asking).listener(meter).open();
    // @end
    return pool;
  }

  static void measured(WorkerPool<String, String> pool, PoolMeter meter, Consumer<String> tell) {
    // @start region="measured"
    MeterSnapshot so = meter.snapshot(pool.stats());
    tell.accept("99 % ran within " + so.ran().percentile(99));
    tell.accept(so.runsPerSecond() + " runs a second, workers busy: " + so.utilization());
    so.slowest().forEach(slow -> tell.accept(slow.job() + " took " + slow.ran()));
    // @end
  }

  static WorkerPool<String, String> several(
      WorkerFactory<String, String> asking, AtomicLong progress) {
    PoolMeter meter = new PoolMeter();
    // @start region="several"
    PoolListener counting =
        new PoolListener() {
          @Override
          public void jobRan(JobRun run) {
            progress.incrementAndGet();
          }
        };
    WorkerPool<String, String> pool =
        WorkerPool.of(asking).listener(PoolListener.of(meter, counting)).open();
    // @end
    return pool;
  }

  static String jmx(WorkerFactory<String, String> asking) {
    // @start region="jmx"
    try (WorkerPool<String, String> pool = WorkerPool.of(asking).name("orders").open();
        PoolRegistration registration = PoolMXBeans.register(pool)) {
      pool.submit("hello").join();
      return registration.objectName().toString(); // pool:type=WorkerPool,name="orders"
    }
    // @end
  }
}
