package pool.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.env.Environment;
import pool.core.WorkerPool;

/**
 * Defines a bean for each pool in the properties, after the beans of the application are defined,
 * and before any bean is made.
 */
final class PoolRegistrar
    implements BeanDefinitionRegistryPostProcessor, SmartInitializingSingleton {

  private static final Bindable<Map<String, PoolSettings>> POOLS =
      Bindable.mapOf(String.class, PoolSettings.class);

  private final Environment environment;
  private final List<ConfiguredPool> pools = new ArrayList<>();

  PoolRegistrar(Environment environment) {
    this.environment = environment;
  }

  /**
   * Ahead of time it defines nothing: the application does when it starts, with its properties and
   * plugins, which a build need not have.
   */
  @Override
  public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
    if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
      return;
    }
    ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) registry;
    Map<String, PoolSettings> configured = settings();
    PoolFactories factories = new PoolFactories(beans, configured);
    configured.forEach((name, settings) ->
        pools.add(
            new ConfiguredPool(name, settings, factories, factories.find(name, settings), beans)));
    pools.forEach(pool -> define(pool, registry)); // only now, when all factories were found
  }

  private Map<String, PoolSettings> settings() {
    BindHandler strict =
        new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter());
    try {
      return settings(strict);
    } catch (BindException e) {
      if (e.getCause() instanceof UnboundConfigurationPropertiesException unbound) {
        requireEmpty(unbound);
        return settings(BindHandler.DEFAULT);
      }
      throw e; // Boot itself names the property and its value
    }
  }

  private Map<String, PoolSettings> settings(BindHandler handler) {
    return Binder.get(environment).bind(PoolSettings.PREFIX, POOLS, handler).orElseGet(Map::of);
  }

  /** An empty value binds nothing, as one that is not given. */
  private void requireEmpty(UnboundConfigurationPropertiesException unbound) {
    for (ConfigurationProperty property : unbound.getUnboundProperties()) {
      String value = environment.resolvePlaceholders(String.valueOf(property.getValue()));
      if (!value.isEmpty() || !PoolSettings.isSetting(property.getName())) {
        throw unknown(property, unbound);
      }
    }
  }

  private static PoolConfigurationException unknown(
      ConfigurationProperty property, UnboundConfigurationPropertiesException unbound) {
    return new PoolConfigurationException(
        property.getName().toString(),
        null, // a mistyped property may hold a secret
        "pools have no such property",
        "The properties of a pool are "
            + PoolSettings.names()
            + "; options of its factory have options. before their names.",
        unbound);
  }

  private static void define(ConfiguredPool pool, BeanDefinitionRegistry registry) {
    RootBeanDefinition definition = new RootBeanDefinition(WorkerPool.class);
    definition.setTargetType(pool.factory().poolType());
    definition.setInstanceSupplier(pool::open);
    definition.setLazyInit(false); // when the application has started, its pools are open
    definition.setDescription("pool '%s' of the properties".formatted(pool.name()));
    String longName = pool.name() + "Pool"; // its factory's bean may have the short one
    if (!registry.isBeanNameInUse(pool.name())) {
      registry.registerBeanDefinition(pool.name(), definition);
      if (!registry.isBeanNameInUse(longName)) {
        registry.registerAlias(pool.name(), longName);
      }
    } else if (!registry.isBeanNameInUse(longName)) {
      definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, pool.name()));
      registry.registerBeanDefinition(longName, definition);
    } else {
      throw new PoolConfigurationException(
          PoolSettings.property(pool.name()),
          null,
          "there are beans named '%s' and '%s' already".formatted(pool.name(), longName),
          "Give the pool another name, or one of the beans.",
          null);
    }
  }

  @Override
  public void afterSingletonsInstantiated() {
    pools.forEach(ConfiguredPool::requireSingleFactory);
  }
}
