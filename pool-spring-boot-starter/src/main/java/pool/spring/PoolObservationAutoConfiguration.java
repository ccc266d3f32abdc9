package pool.spring;

import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import pool.core.JobContext;
import pool.micrometer.BatchTracingObservationHandler;
import pool.micrometer.ContextSnapshots;
import pool.micrometer.JobObservations;

/**
 * What Micrometer knows of a request is known in its jobs: each run is an observation, child of the
 * one in which the job was submitted, and what its context propagation captures is carried.
 */
@AutoConfiguration(
    after = PoolAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration",
      "org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
      "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration" // 3.5
    })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(Pools.class)
final class PoolObservationAutoConfiguration {

  /** Innermost, after the contexts that are beans: within them the observation is current. */
  @Bean
  @ConditionalOnBean(ObservationRegistry.class)
  @ConditionalOnProperty(name = "pool.observations.enabled", matchIfMissing = true)
  @Order(Ordered.HIGHEST_PRECEDENCE)
  PoolBuilderCustomizer poolObservations(ObservationRegistry registry) {
    return (name, builder) -> builder.context(new JobObservations(registry, name));
  }

  // Apart, since their classes may be absent:

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Tracer.class)
  static class Tracing {

    /** The spans of batches have links. Before Boot's own handler, which takes all observations. */
    @Bean
    @ConditionalOnBean(Tracer.class)
    @ConditionalOnMissingBean
    @ConditionalOnProperty(name = "pool.observations.enabled", matchIfMissing = true)
    @Order(Ordered.LOWEST_PRECEDENCE - 2_000)
    BatchTracingObservationHandler poolBatchTracingObservationHandler(Tracer tracer) {
      return new BatchTracingObservationHandler(tracer);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ContextSnapshotFactory.class)
  static class Snapshots {

    @Bean
    @ConditionalOnMissingBean(name = "snapshotJobContext")
    @ConditionalOnProperty(name = "pool.context.snapshot", matchIfMissing = true)
    JobContext snapshotJobContext() {
      return ContextSnapshots.jobContext();
    }
  }
}
