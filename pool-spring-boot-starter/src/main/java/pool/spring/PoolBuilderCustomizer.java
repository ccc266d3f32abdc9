package pool.spring;

import pool.core.WorkerPool;

/**
 * Sets what properties cannot set on the builder of a pool: an option that is read anew at each
 * opening, which failures are retried, a listener. Beans of this type are called in their order,
 * after the properties were applied, so they have the last word.
 *
 * {@snippet :
 * @Bean
 * PoolBuilderCustomizer rotatedPassword(Vault vault) {
 *   return (name, builder) -> {
 *     if (name.equals("orders")) {
 *       builder.optionFrom(OrderFactory.PASSWORD, vault::password);
 *     }
 *   };
 * }
 * }
 */
@FunctionalInterface
public interface PoolBuilderCustomizer {

  /**
   * Sets more on a builder.
   *
   * @param name the name of the pool
   * @param builder builds the pool; only the caller opens it
   */
  void customize(String name, WorkerPool.Builder<?, ?> builder);
}
