package pool.spring;

import org.springframework.beans.factory.ObjectProvider;
import pool.core.JobContext;
import pool.core.WorkerPool;

/**
 * Gives the application's own builders what the builders of the configured pools have: the
 * container closes the pool, the pool carries the contexts that are beans, the {@linkplain
 * PoolBuilderCustomizer customizers} are called, and health and metrics see failures and times.
 *
 * {@snippet :
 * @Bean
 * WorkerPool<String, List<String>> words(PoolBuilderConfigurer configurer) {
 *   return configurer.configure("words", WorkerPool.of(factory).workers(4)).open();
 * }
 * }
 */
public final class PoolBuilderConfigurer {

  private final ObjectProvider<JobContext> contexts;
  private final ObjectProvider<PoolBuilderCustomizer> customizers;

  PoolBuilderConfigurer(
      ObjectProvider<JobContext> contexts, ObjectProvider<PoolBuilderCustomizer> customizers) {
    this.contexts = contexts;
    this.customizers = customizers;
  }

  /**
   * Configures a builder as this application configures all of them.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the name of the pool
   * @param builder builds the pool
   * @return the same builder
   */
  public <J, R> WorkerPool.Builder<J, R> configure(String name, WorkerPool.Builder<J, R> builder) {
    builder.name(name).leaveOpenOnExit(); // requests still use the pool while the JVM exits
    contexts.orderedStream().forEach(builder::context);
    customizers.orderedStream().forEach(customizer -> customizer.customize(name, builder));
    return builder;
  }
}
