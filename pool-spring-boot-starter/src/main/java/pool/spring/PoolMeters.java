package pool.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import pool.core.WorkerPool;
import pool.metrics.PoolMeter;
import pool.micrometer.PoolMetrics;

/**
 * Binds the meters of each pool to the registry. Times are measured of pools that a {@link
 * PoolBuilderConfigurer} has configured; the others are only counted.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PoolMeters implements PoolBuilderCustomizer, SmartInitializingSingleton {

  private final Pools pools;
  private final ObjectProvider<MeterRegistry> registries;
  private final Map<String, PoolMeter> meters = new ConcurrentHashMap<>();

  PoolMeters(Pools pools, ObjectProvider<MeterRegistry> registries) {
    this.pools = pools;
    this.registries = registries;
  }

  @Override
  public void customize(String name, WorkerPool.Builder<?, ?> builder) {
    PoolMeter meter = new PoolMeter();
    meters.put(name, meter);
    builder.listener(meter);
  }

  /** Not earlier: until now registries had no filters and no common tags. */
  @Override
  public void afterSingletonsInstantiated() {
    pools.each(this::bind);
  }

  private void bind(WorkerPool<?, ?> pool) {
    for (MeterRegistry registry : registries()) {
      metrics(pool).bindTo(registry);
    }
  }

  /** Several are behind one, the primary, unless the application makes them itself. */
  private List<MeterRegistry> registries() {
    MeterRegistry single = registries.getIfUnique();
    return single != null ? List.of(single) : registries.stream().toList();
  }

  private PoolMetrics metrics(WorkerPool<?, ?> pool) {
    PoolMeter meter = meters.get(pool.name());
    return meter == null
        ? new PoolMetrics(pool, Tags.empty())
        : new PoolMetrics(pool, meter, Tags.empty());
  }
}
