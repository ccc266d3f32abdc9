package pool.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import java.time.Duration;
import java.util.function.Consumer;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** What the guide shows. */
final class Showing {

  private Showing() {}

  static void pool(
      WorkerFactory<String, String> asking,
      MeterRegistry registry,
      Consumer<WorkerPool<String, String>> work) {
    // @start region="micrometer"
    try (var listener =
            PoolMetricsListener.builder(registry, "ask")
                .tags(Tags.of("region", "north"))
                .serviceLevelObjectives(Duration.ofMillis(100), Duration.ofSeconds(1))
                .build();
        WorkerPool<String, String> pool = WorkerPool.of(asking).listener(listener).open();
        var metrics = new PoolMetrics(pool, Tags.of("region", "north"))) {
      metrics.bindTo(registry);
      work.accept(pool);
    }
    // @end
  }

  static WorkerPool<String, String> observed(
      WorkerFactory<String, String> asking, ObservationRegistry observations) {
    // @start region="observations"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking)
            .context(ContextSnapshots.jobContext()) // the MDC, baggage and the like
            .context(new JobObservations(observations, "ask")) // an observation for each run
            .open();
    // @end
    return pool;
  }

  static ObservationRegistry observations(Tracer tracer, MeterRegistry meters) {
    // @start region="handlers"
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(meters))
        .observationHandler(
            new FirstMatchingCompositeObservationHandler(
                new BatchTracingObservationHandler(tracer), // links the batches
                new DefaultTracingObservationHandler(tracer)));
    // @end
    return observations;
  }
}
