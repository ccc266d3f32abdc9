import org.jspecify.annotations.NullMarked;

/**
 * Pools for Micrometer: {@link pool.micrometer.PoolMetrics} and {@link
 * pool.micrometer.PoolMetricsListener} are meters of a pool, {@link pool.micrometer.ProcessMetrics}
 * those of workers in processes; {@link pool.micrometer.JobObservations} makes each run an
 * observation, {@link pool.micrometer.ContextSnapshots} carries a submitter's thread-locals.
 *
 * <p>Only {@code micrometer-core} is needed. {@code ProcessMetrics} needs {@code pool.process},
 * {@code ContextSnapshots} needs {@code context-propagation}, and {@link
 * pool.micrometer.BatchTracingObservationHandler} needs {@code micrometer-tracing}.
 *
 * <p>Micrometer has no module descriptors yet, only fixed names for its modules, so jlink cannot
 * take this one.
 */
@NullMarked
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module pool.micrometer {
  requires transitive micrometer.core;
  requires transitive micrometer.commons;
  requires transitive micrometer.observation;
  requires transitive pool.core;
  requires static transitive context.propagation;
  requires static transitive micrometer.tracing;
  requires static transitive pool.process;
  requires static org.jspecify;
  requires org.slf4j;

  exports pool.micrometer;
}
