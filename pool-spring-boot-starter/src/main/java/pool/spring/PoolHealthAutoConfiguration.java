package pool.spring;

import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The health of the pools, as the contributor {@code pools}. */
@AutoConfiguration(after = PoolAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(Pools.class)
final class PoolHealthAutoConfiguration {

  @Bean
  @ConditionalOnEnabledHealthIndicator("pools")
  @ConditionalOnMissingBean
  PoolFailures poolFailures() {
    return new PoolFailures();
  }

  @Bean
  @ConditionalOnEnabledHealthIndicator("pools")
  @ConditionalOnMissingBean(name = "poolsHealthContributor")
  CompositeHealthContributor poolsHealthContributor(
      Pools pools, PoolFailures failures, Environment environment) {
    return new PoolsHealthContributor(
        pools,
        failures,
        PoolAutoConfiguration.duration(
            environment, "management.health.pools.grace", Duration.ofSeconds(10)));
  }
}
