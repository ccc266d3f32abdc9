package pool.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
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
import pool.api.internal.SafeText;
import pool.core.PoolListener;
import pool.core.WorkerPool;
import pool.micrometer.PoolMetrics;
import pool.micrometer.PoolMetricsListener;

/**
 * Adds the meters of each pool to the registries of the application, and removes them when the
 * context closes. Times are measured only for pools that a {@link PoolBuilderConfigurer} has
 * configured; other pools are only counted.
 *
 * <p>If a registry has the meters of a pool with the same name from another context, it keeps
 * those; the application does not fail for that.
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

  /** When a pool is opened again after a failed opening, it has the same meters. */
  @Override
  public void customize(String name, WorkerPool.Builder<?, ?> builder) {
    PoolListener listener = listeners.get(name); // not computed in the map: it makes beans
    if (listener == null) {
      listener = listener(name);
      listeners.put(name, listener);
    }
    builder.listener(listener);
  }

  private PoolListener listener(String name) {
    List<PoolListener> each = new ArrayList<>();
    addTo(
        name,
        registry -> {
          PoolMetricsListener listener = PoolMetricsListener.builder(registry, name).build();
          added.add(listener);
          each.add(listener);
        });
    return PoolListener.of(each.toArray(PoolListener[]::new));
  }

  /** Adds the meters of what the pool itself counts. */
  void bind(WorkerPool<?, ?> pool) {
    addTo(
        pool.name(),
        registry -> {
          PoolMetrics metrics = new PoolMetrics(pool, Tags.empty());
          added.add(metrics); // what it has added before it fails is taken away as well
          metrics.bindTo(registry);
        });
  }

  private void addTo(String name, Consumer<MeterRegistry> meters) {
    for (MeterRegistry registry : registries()) {
      try {
        meters.accept(registry);
      } catch (RuntimeException e) {
        LOG.warn("pool '{}' is not measured in full: {}", name, SafeText.of(e));
      }
    }
  }

  /**
   * Several registries have a primary one that combines them, unless the application makes them.
   */
  private List<MeterRegistry> registries() {
    MeterRegistry single = registries.getIfUnique();
    return single != null ? List.of(single) : registries.stream().toList();
  }

  @Override
  public void destroy() {
    for (AutoCloseable meters : added) {
      try {
        meters.close();
      } catch (Exception e) {
        LOG.warn("meters were not taken away: {}", SafeText.of(e));
      }
    }
  }
}
