package pool.spring;

import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import pool.core.JobContext;
import pool.micrometer.BatchObservationConvention;
import pool.micrometer.BatchTracingObservationHandler;
import pool.micrometer.ContextSnapshots;
import pool.micrometer.JobObservationConvention;
import pool.micrometer.JobObservations;

/**
 * Carries Micrometer's context of a request into its jobs: each run is an observation, a child of
 * the one in which the job was submitted, and gets what Micrometer's context propagation captures.
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

  /** The innermost context, after those that are beans, so that they enclose the observation. */
  @Bean
  @ConditionalOnBean(ObservationRegistry.class)
  @ConditionalOnBooleanProperty(name = "pool.observations.enabled", matchIfMissing = true)
  @Order(Ordered.HIGHEST_PRECEDENCE)
  @ConditionalOnMissingBean(name = "poolObservations")
  PoolBuilderCustomizer poolObservations(
      ObservationRegistry registry,
      ObjectProvider<JobObservationConvention> jobs,
      ObjectProvider<BatchObservationConvention> batches) {
    return (name, builder) ->
        builder.context(
            new JobObservations(registry, name, jobs.getIfAvailable(), batches.getIfAvailable()));
  }

  // Nested classes, since the classes that they use may be absent:

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(Tracer.class)
  static class Tracing {

    /**
     * Links the spans of batches. Comes before Boot's own handler, which takes all observations.
     */
    @Bean
    @ConditionalOnBean(Tracer.class)
    @ConditionalOnMissingBean
    @ConditionalOnBooleanProperty(name = "pool.observations.enabled", matchIfMissing = true)
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
    @ConditionalOnBooleanProperty(name = "pool.context.snapshot", matchIfMissing = true)
    JobContext snapshotJobContext() {
      return ContextSnapshots.jobContext();
    }
  }
}
