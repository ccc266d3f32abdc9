package pool.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;

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
  CompositeHealthContributor poolsHealthContributor(Pools pools, PoolFailures failures) {
    return new PoolsHealthContributor(pools, failures);
  }
}
