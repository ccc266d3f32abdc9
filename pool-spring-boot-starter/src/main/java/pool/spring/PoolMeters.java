package pool.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import pool.core.PoolListener;
import pool.core.WorkerPool;
import pool.micrometer.PoolMetrics;
import pool.micrometer.PoolMetricsListener;

/**
 * Adds the meters of each pool to the registries of the application, and takes them away when the
 * context closes. Times are measured of pools that a {@link PoolBuilderConfigurer} has configured;
 * the others are only counted.
 *
 * <p>A registry that has the meters of another pool of the same name, of another context, keeps
 * those: a service does not fail for that.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PoolMeters implements PoolBuilderCustomizer, DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(PoolMeters.class);

  private final ObjectProvider<MeterRegistry> registries;
  private final Map<String, PoolListener> listeners = new ConcurrentHashMap<>(); // by pool
  private final Queue<AutoCloseable> added = new ConcurrentLinkedQueue<>();

  PoolMeters(ObjectProvider<MeterRegistry> registries) {
    this.registries = registries;
  }

  /** A pool that is opened again after its first opening has failed has the same meters. */
  @Override
  public void customize(String name, WorkerPool.Builder<?, ?> builder) {
    builder.listener(listeners.computeIfAbsent(name, this::listener));
  }

  private PoolListener listener(String name) {
    Queue<PoolListener> each = new ConcurrentLinkedQueue<>();
    addTo(
        name,
        registry -> {
          PoolMetricsListener listener = PoolMetricsListener.builder(registry, name).build();
          added.add(listener);
          each.add(listener);
        });
    return PoolListener.of(each.toArray(PoolListener[]::new));
  }

  /** Adds the meters of what the pool counts by itself. */
  void count(WorkerPool<?, ?> pool) {
    addTo(
        pool.name(),
        registry -> {
          PoolMetrics metrics = new PoolMetrics(pool, Tags.empty());
          metrics.bindTo(registry);
          added.add(metrics);
        });
  }

  private void addTo(String name, Consumer<MeterRegistry> meters) {
    for (MeterRegistry registry : registries()) {
      try {
        meters.accept(registry);
      } catch (IllegalStateException taken) {
        LOG.warn("pool '{}' is not measured in full: {}", name, taken.getMessage());
      }
    }
  }

  /** Several are behind one, the primary, unless the application makes them itself. */
  private List<MeterRegistry> registries() {
    MeterRegistry single = registries.getIfUnique();
    return single != null ? List.of(single) : registries.stream().toList();
  }

  @Override
  public void destroy() throws Exception {
    for (AutoCloseable meters : added) {
      meters.close();
    }
  }
}
