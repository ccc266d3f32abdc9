package pool.spring;

import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import pool.core.JobContext;

/**
 * The pools of an application. Makes a bean of each pool in the properties ({@code
 * pool.pools.NAME.*}), and closes all pools that are beans after the web server.
 */
@AutoConfiguration
@EnableConfigurationProperties(PoolProperties.class)
public final class PoolAutoConfiguration {

  /** For the container. */
  public PoolAutoConfiguration() {}

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static PoolRegistrar poolRegistrar(Environment environment) {
    return new PoolRegistrar(environment);
  }

  /** Static, since the container makes it before the beans that it processes. */
  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static Pools pools(PoolClosing closing) {
    return new Pools(closing);
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static PoolClosing poolClosing(Environment environment) {
    return new PoolClosing(
        duration(
            environment,
            "spring.lifecycle.timeout-per-shutdown-phase",
            Duration.ofSeconds(30))); // Spring Boot's default
  }

  /** A duration as Boot reads it, such as {@code 30s}. */
  static Duration duration(Environment environment, String property, Duration otherwise) {
    return Binder.get(environment).bind(property, Duration.class).orElse(otherwise);
  }

  @Bean
  PoolLifecycle poolLifecycle(Pools pools, PoolClosing closing, Environment environment) {
    return new PoolLifecycle(
        pools,
        closing,
        environment.getProperty("pool.lifecycle.phase", Integer.class, PoolLifecycle.PHASE));
  }

  @Bean
  PoolBuilderConfigurer poolBuilderConfigurer(
      ObjectProvider<JobContext> contexts, ObjectProvider<PoolBuilderCustomizer> customizers) {
    return new PoolBuilderConfigurer(contexts, customizers);
  }

  @Bean
  @ConditionalOnMissingBean(name = "mdcJobContext")
  @ConditionalOnBooleanProperty(name = "pool.context.mdc", matchIfMissing = true)
  JobContext mdcJobContext() {
    return JobContext.mdc();
  }
}
