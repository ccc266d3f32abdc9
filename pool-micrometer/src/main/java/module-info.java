import org.jspecify.annotations.NullMarked;

/**
 * Pools for Micrometer. {@link pool.micrometer.PoolMetrics} and {@link
 * pool.micrometer.PoolMetricsListener} are the meters of a pool, {@link
 * pool.micrometer.ProcessMetrics} those of workers in processes. {@link
 * pool.micrometer.JobObservations} makes each run an observation, and {@link
 * pool.micrometer.ContextSnapshots} carries the submitter's thread-locals to the worker.
 *
 * <p>Only {@code micrometer-core} is required. {@code ProcessMetrics} needs {@code pool.process},
 * {@code ContextSnapshots} needs {@code context-propagation}, and {@link
 * pool.micrometer.BatchTracingObservationHandler} needs {@code micrometer-tracing}.
 *
 * <p>Micrometer has fixed names for its modules but no module descriptors yet, so jlink cannot take
 * this module.
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
