import org.jspecify.annotations.NullMarked;

/**
 * Figures of what a pool does: {@link pool.metrics.PoolMeter} measures a pool, and {@link
 * pool.metrics.PoolMXBeans} shows pools as MBeans. Both use only what {@code pool.core} exports, as
 * any program can.
 */
@NullMarked
module pool.metrics {
  requires transitive java.management;
  requires transitive pool.core;
  requires static org.jspecify;
  requires org.slf4j;

  exports pool.metrics;
}
