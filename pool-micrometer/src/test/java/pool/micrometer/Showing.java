package pool.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.Consumer;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;
import pool.metrics.PoolMeter;

/** What the guide shows. */
final class Showing {

  private Showing() {}

  static void pool(
      WorkerFactory<String, String> asking,
      MeterRegistry registry,
      Consumer<WorkerPool<String, String>> work) {
    // @start region="micrometer"
    PoolMeter meter = new PoolMeter();
    try (WorkerPool<String, String> pool = WorkerPool.of(asking).listener(meter).open();
        PoolMetrics metrics = new PoolMetrics(pool, meter, Tags.of("region", "north"))) {
      metrics.bindTo(registry);
      work.accept(pool);
    }
    // @end
  }
}
