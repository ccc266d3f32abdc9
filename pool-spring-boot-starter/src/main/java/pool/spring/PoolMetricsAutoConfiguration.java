package pool.spring;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The meters of the pools, if the application has a Micrometer registry. */
@AutoConfiguration(
    after = PoolAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration" // 3.5
    })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({MeterRegistry.class, Pools.class})
@ConditionalOnBooleanProperty(name = "pool.metrics.enabled", matchIfMissing = true)
final class PoolMetricsAutoConfiguration {

  /** Not lazy, since no bean asks for it. It sees all pools, whether made before it or after it. */
  @Bean
  @Lazy(false)
  PoolMeters poolMeters(Pools pools, ObjectProvider<MeterRegistry> registries) {
    PoolMeters meters = new PoolMeters(registries);
    pools.watch(meters::bind);
    return meters;
  }
}
