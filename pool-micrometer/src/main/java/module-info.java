import org.jspecify.annotations.NullMarked;

/**
 * Pools as meters of Micrometer: {@link pool.micrometer.PoolMetrics}, and {@link
 * pool.micrometer.ProcessMetrics} for workers in processes. Micrometer has no module descriptors
 * yet, only fixed names for its modules, so jlink cannot take this one.
 */
@NullMarked
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module pool.micrometer {
  requires transitive micrometer.core;
  requires transitive pool.core;
  requires transitive pool.metrics;
  requires static transitive pool.process;
  requires static org.jspecify;

  exports pool.micrometer;
}
