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
import pool.core.PoolListener;
import pool.core.WorkerPool;
import pool.micrometer.PoolMetrics;
import pool.micrometer.PoolMetricsListener;

/**
 * Binds the meters of each pool to the registry. Times are measured of pools that a {@link
 * PoolBuilderConfigurer} has configured; the others are only counted.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PoolMeters implements PoolBuilderCustomizer, SmartInitializingSingleton {

  private final Pools pools;
  private final ObjectProvider<MeterRegistry> registries;
  private final Map<String, DeferredListener> listeners = new ConcurrentHashMap<>();

  PoolMeters(Pools pools, ObjectProvider<MeterRegistry> registries) {
    this.pools = pools;
    this.registries = registries;
  }

  @Override
  public void customize(String name, WorkerPool.Builder<?, ?> builder) {
    DeferredListener listener = new DeferredListener();
    listeners.put(name, listener);
    builder.listener(listener);
  }

  /** Not earlier: until now registries had no filters and no common tags. */
  @Override
  public void afterSingletonsInstantiated() {
    pools.each(this::bind);
  }

  private void bind(WorkerPool<?, ?> pool) {
    List<MeterRegistry> all = registries();
    all.forEach(registry -> new PoolMetrics(pool, Tags.empty()).bindTo(registry));
    DeferredListener listener = listeners.get(pool.name());
    if (listener != null) {
      listener.tell(
          PoolListener.of(
              all.stream()
                  .map(registry -> PoolMetricsListener.builder(registry, pool.name()).build())
                  .toArray(PoolListener[]::new)));
    }
  }

  /** Several are behind one, the primary, unless the application makes them itself. */
  private List<MeterRegistry> registries() {
    MeterRegistry single = registries.getIfUnique();
    return single != null ? List.of(single) : registries.stream().toList();
  }
}
