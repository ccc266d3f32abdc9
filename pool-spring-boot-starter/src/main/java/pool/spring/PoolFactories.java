package pool.spring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import pool.api.WorkerFactory;
import pool.core.DuplicateFactoryException;
import pool.core.FactoryInfo;
import pool.core.NoSuchFactoryException;
import pool.core.WorkerFactories;

/**
 * Finds the factory of a pool: a bean, or what a plugin provides.
 *
 * <p>The types of a pool must be known when its bean is defined, and at that time no other bean can
 * be made yet. So a bean is looked for by its own name first, then among the plugins, and then by
 * the name that a factory gives itself, which only an instance can say: that is asked when the pool
 * is opened.
 */
final class PoolFactories {

  private final ConfigurableListableBeanFactory beans;
  private final Map<String, WorkerFactories> byDirectory = new HashMap<>();

  PoolFactories(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /** Where the factory of a pool is to be had, and the types of its jobs and results. */
  sealed interface Found {

    /** Of the pool's bean; without generics when they are not known. */
    ResolvableType poolType();
  }

  /** A bean of that name. */
  record OfBean(String bean, ResolvableType poolType) implements Found {}

  /** A plugin's. */
  record OfPlugin(FactoryInfo info) implements Found {

    @Override
    public ResolvableType poolType() {
      return PoolTypes.of(info.jobType(), info.resultType());
    }
  }

  /** One of the beans, whichever says that this is its name. */
  record ByOwnName(WorkerFactories plugins, ResolvableType poolType) implements Found {}

  /**
   * Looks for the factory of a pool.
   *
   * @throws PoolConfigurationException when there is none, or two
   */
  Found find(String pool, PoolSettings settings) {
    String name = nameOf(pool, settings);
    WorkerFactories plugins = plugins(pool, settings.plugins());
    List<String> factoryBeans = factoryBeans();
    boolean isProvided = plugins.found().stream().anyMatch(info -> info.name().equals(name));
    if (factoryBeans.contains(name)) {
      if (isProvided) {
        throw twice(pool, name, "the bean '" + name + "'");
      }
      return new OfBean(name, PoolTypes.ofFactoryBean(beans, name));
    }
    if (isProvided || factoryBeans.isEmpty()) {
      return new OfPlugin(provided(pool, name, plugins));
    }
    return new ByOwnName(plugins, typeOfBeanLike(name, factoryBeans));
  }

  static String nameOf(String pool, PoolSettings settings) {
    return settings.factory() == null ? pool : settings.factory();
  }

  private List<String> factoryBeans() {
    return List.of(beans.getBeanNamesForType(WorkerFactory.class, true, false));
  }

  private WorkerFactories plugins(String pool, @Nullable String directory) {
    try {
      return byDirectory.computeIfAbsent(
          directory == null ? "" : directory,
          where ->
              where.isEmpty()
                  ? WorkerFactories.load()
                  : WorkerFactories.load().and(WorkerFactories.in(Path.of(where))));
    } catch (IllegalArgumentException e) {
      throw new PoolConfigurationException(
          PoolSettings.property(pool, "plugins"),
          directory,
          String.valueOf(e.getMessage()),
          "Name a directory with plugins, or leave the property out.",
          e);
    }
  }

  private static FactoryInfo provided(String pool, String name, WorkerFactories plugins) {
    try {
      return plugins.find(name);
    } catch (NoSuchFactoryException | DuplicateFactoryException e) {
      throw new PoolConfigurationException(
          PoolSettings.property(pool, "factory"),
          name,
          String.valueOf(e.getMessage()),
          "Name a factory that there is, declare a bean of type WorkerFactory, or put the jar of one plugin on the class path.",
          e);
    }
  }

  /** A class is usually called as its factory is: DownloadFactory. */
  private ResolvableType typeOfBeanLike(String name, List<String> factoryBeans) {
    List<String> like =
        factoryBeans.stream()
            .filter(bean -> factoryBeans.size() == 1 || bean.equalsIgnoreCase(name + "Factory"))
            .toList();
    return like.size() == 1 ? PoolTypes.ofFactoryBean(beans, like.getFirst()) : PoolTypes.UNKNOWN;
  }

  /** The factory itself, once beans can be made. */
  WorkerFactory<?, ?> factory(String pool, PoolSettings settings, Found found) {
    return switch (found) {
      case OfBean(String bean, var _) -> beans.getBean(bean, WorkerFactory.class);
      case OfPlugin(FactoryInfo info) -> info.factory();
      case ByOwnName(WorkerFactories plugins, var _) ->
          byOwnName(pool, nameOf(pool, settings), plugins);
    };
  }

  private WorkerFactory<?, ?> byOwnName(String pool, String name, WorkerFactories plugins) {
    Map<String, String> named = new HashMap<>(); // from the bean to what it calls itself
    List<String> same = new ArrayList<>();
    for (String bean : factoryBeans()) {
      if (beans.isCurrentlyInCreation(bean)) {
        continue; // one that uses this pool
      }
      String own = beans.getBean(bean, WorkerFactory.class).name();
      named.put(bean, own);
      if (own.equals(name)) {
        same.add(bean);
      }
    }
    if (same.size() == 1) {
      return beans.getBean(same.getFirst(), WorkerFactory.class);
    }
    if (same.size() > 1) {
      throw twice(
          pool,
          name,
          same.stream()
              .map(bean -> "'" + bean + "'")
              .collect(Collectors.joining(", ", "the beans ", "")));
    }
    String there =
        named.entrySet().stream()
            .map(e -> "'%s' (bean %s)".formatted(e.getValue(), e.getKey()))
            .sorted()
            .collect(Collectors.joining(", "));
    String provided =
        plugins.found().stream()
            .map(info -> ", '" + info.name() + "' (plugin)")
            .collect(Collectors.joining());
    throw new PoolConfigurationException(
        PoolSettings.property(pool, "factory"),
        name,
        "no factory is named '" + name + "'; there are " + there + provided,
        "Name one of these, or declare a bean of type WorkerFactory.",
        null);
  }

  /**
   * Fails when a bean, made meanwhile, has the name of the plugin's factory that a pool was given.
   */
  void requireSingle(String pool, Found found) {
    if (found instanceof OfPlugin(FactoryInfo info)) {
      Optional<String> second =
          factoryBeans().stream()
              .filter(beans::containsSingleton)
              .filter(bean -> beans.getBean(bean, WorkerFactory.class).name().equals(info.name()))
              .findFirst();
      if (second.isPresent()) {
        throw twice(pool, info.name(), "the bean '" + second.get() + "'");
      }
    }
  }

  private PoolConfigurationException twice(String pool, String name, String which) {
    return new PoolConfigurationException(
        PoolSettings.property(pool, "factory"),
        name,
        "several factories are named '%s': %s%s"
            .formatted(name, which, which.startsWith("the beans") ? "" : " and a plugin"),
        "Ask for a bean by the name of the bean, give one of the factories another name, or take its jar away.",
        null);
  }
}
