package pool.spring;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/**
 * A pool that the properties configure.
 *
 * @param factory where to find the pool's factory
 * @param beans looks up what else belongs to the pool in the context
 */
record ConfiguredPool(
    String name,
    PoolSettings settings,
    PoolFactories factories,
    PoolFactories.Found factory,
    ConfigurableListableBeanFactory beans) {

  /**
   * Opens the pool, when the container makes its bean.
   *
   * @throws PoolConfigurationException when a property does not fit
   * @throws pool.core.OpenFailedException when a worker cannot be opened
   */
  WorkerPool<?, ?> open() {
    return open(factories.factory(name, settings, factory));
  }

  private <J, R> WorkerPool<J, R> open(WorkerFactory<J, R> opener) {
    WorkerPool.Builder<J, R> builder = WorkerPool.of(opener);
    settings.applyTo(name, builder);
    beans.getBean(PoolBuilderConfigurer.class).configure(name, builder);
    try {
      return builder.open();
    } catch (IllegalArgumentException refused) { // by an option, or by two properties that conflict
      throw new PoolConfigurationException(
          PoolSettings.property(name),
          null,
          String.valueOf(refused.getMessage()),
          "Change the properties of the pool; options of its factory are %s."
              .formatted(PoolSettings.property(name, "options.NAME=VALUE")),
          refused);
    }
  }

  void requireSingleFactory() {
    factories.requireSingle(name, settings, factory);
  }
}
