import org.jspecify.annotations.NullMarked;

/**
 * What a pool does, in figures: {@link pool.metrics.PoolMeter} measures, {@link
 * pool.metrics.PoolMXBeans} shows pools as MBeans. Both use what {@code pool.core} exports, as any
 * program can.
 */
@NullMarked
module pool.metrics {
  requires transitive java.management;
  requires transitive pool.core;
  requires static org.jspecify;
  requires org.slf4j;

  exports pool.metrics;
}
