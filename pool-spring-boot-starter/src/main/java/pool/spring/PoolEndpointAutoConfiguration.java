package pool.spring;

import java.time.Duration;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The endpoint {@code pools} of the actuator. */
@AutoConfiguration(after = {PoolAutoConfiguration.class, PoolHealthAutoConfiguration.class})
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Pools.class)
final class PoolEndpointAutoConfiguration {

  @Bean
  @ConditionalOnAvailableEndpoint(PoolsEndpoint.class)
  @ConditionalOnMissingBean
  PoolFailures poolFailures() {
    return new PoolFailures();
  }

  @Bean
  @ConditionalOnAvailableEndpoint(PoolsEndpoint.class)
  @ConditionalOnMissingBean
  PoolsEndpoint poolsEndpoint(Pools pools, PoolFailures failures, Environment environment) {
    return new PoolsEndpoint(
        pools,
        failures,
        environment.getProperty("management.endpoint.pools.show-jobs", Boolean.class, false),
        PoolAutoConfiguration.duration(
            environment, "management.endpoint.pools.replace-timeout", Duration.ofMinutes(1)));
  }
}
