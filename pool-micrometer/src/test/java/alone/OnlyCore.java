package alone;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import pool.api.BatchWorker;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;
import pool.micrometer.JobObservations;
import pool.micrometer.PoolMetrics;
import pool.micrometer.PoolMetricsListener;

/** A program that has micrometer-core, and nothing else that is optional. */
public final class OnlyCore {

  private OnlyCore() {}

  /** Prints how many runs the meters have counted. */
  public static void main(String[] args) {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(registry));
    WorkerFactory<String, String> single =
        WorkerFactory.of("single", String.class, String.class, _ -> job -> job);
    WorkerFactory<String, String> several =
        WorkerFactory.of(
            "several",
            String.class,
            String.class,
            _ ->
                BatchWorker.of((jobs, results) -> {
                  for (int i = 0; i < jobs.size(); i++) {
                    results.succeeded(i, jobs.get(i));
                  }
                }));
    for (WorkerFactory<String, String> factory : List.of(single, several)) {
      var listener = PoolMetricsListener.builder(registry, factory.name()).build();
      try (var pool =
              WorkerPool.of(factory)
                  .workers(1)
                  .listener(listener)
                  .context(new JobObservations(observations, factory.name()))
                  .open();
          var metrics = new PoolMetrics(pool, Tags.empty())) {
        metrics.bindTo(registry);
        pool.map(List.of("1", "2", "3"));
      }
    }
    System.out.printf(
        "%s: %d runs, %d jobs, %d batches",
        PoolMetrics.class.getModule(),
        registry.get("pool.run").tags("pool", "single").timer().count(),
        registry.get("pool.job").timer().count(),
        registry.get("pool.batch").timer().count());
  }
}
