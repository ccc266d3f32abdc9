package pool.spring;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/**
 * A pool of the properties.
 *
 * @param factory where its factory is to be had
 * @param beans of the context, from which it is asked for what else belongs to it
 */
record ConfiguredPool(
    String name,
    PoolSettings settings,
    PoolFactories factories,
    PoolFactories.Found factory,
    ConfigurableListableBeanFactory beans) {

  /**
   * Opens it, as its bean is made.
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
    } catch (IllegalArgumentException refused) { // options, or two properties that do not agree
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
    factories.requireSingle(name, factory);
  }
}
