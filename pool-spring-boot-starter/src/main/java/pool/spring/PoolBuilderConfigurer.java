package pool.spring;

import org.springframework.beans.factory.ObjectProvider;
import pool.core.JobContext;
import pool.core.WorkerPool;

/**
 * Makes a builder of an application's own what those of the properties are: the container closes
 * the pool, the contexts that are beans are carried, the {@linkplain PoolBuilderCustomizer
 * customizers} are called, and health and metrics learn of failures and times.
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
   * Gives a builder what this application gives all of them.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the name of the pool
   * @param builder builds it
   * @return the same builder
   */
  public <J, R> WorkerPool.Builder<J, R> configure(String name, WorkerPool.Builder<J, R> builder) {
    builder.name(name).leaveOpenOnExit(); // at the exit of the JVM requests still use it
    contexts.orderedStream().forEach(builder::context);
    customizers.orderedStream().forEach(customizer -> customizer.customize(name, builder));
    return builder;
  }
}
