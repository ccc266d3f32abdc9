package guide;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import pool.api.WorkerFactory;
import pool.core.JobRun;
import pool.core.MeterSnapshot;
import pool.core.PoolListener;
import pool.core.PoolMeter;
import pool.core.PoolStats;
import pool.core.WorkerPool;
import pool.core.WorkerStats;
import pool.core.jmx.PoolMXBeans;
import pool.core.jmx.PoolRegistration;

/** How to see what a pool does. */
final class Looking {

  private Looking() {}

  static void stats(WorkerPool<String, String> pool, Consumer<String> tell) {
    // @start region="stats"
    PoolStats now = pool.stats();
    tell.accept(now.state() + ": " + now.queued() + " wait, " + now.running() + " run");
    for (WorkerStats worker : now.workers()) {
      worker
          .currentJob()
          .ifPresent(job ->
              tell.accept(
                  worker.name() + ": " + job + " since " + worker.currentJobSince().orElseThrow()));
    }
    // @end
  }

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
