package pool.spring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import pool.api.WorkerFactory;
import pool.api.internal.SafeText;
import pool.core.DuplicateFactoryException;
import pool.core.FactoryInfo;
import pool.core.NoSuchFactoryException;
import pool.core.WorkerFactories;

/**
 * Finds the factory of a pool: a bean, or the factory of a plugin.
 *
 * <p>The types of a pool must be known when its bean is defined, and at that time no other bean can
 * be made yet. So this looks first for a bean of that name, then among the plugins, and last for a
 * bean whose factory has that name. Only an instance knows the factory's name, so that question is
 * answered when the pool is opened.
 */
final class PoolFactories {

  private final ConfigurableListableBeanFactory beans;
  private final Set<String> names; // of the factories that are looked for
  private final Map<String, WorkerFactories> byDirectory = new HashMap<>();

  /** Looks for the factories of pools with these settings, by name. */
  PoolFactories(ConfigurableListableBeanFactory beans, Map<String, PoolSettings> pools) {
    this.beans = beans;
    this.names =
        pools.entrySet().stream()
            .map(pool -> nameOf(pool.getKey(), pool.getValue()))
            .collect(Collectors.toSet());
  }

  /** Where to find the factory of a pool, and the types of its jobs and results. */
  sealed interface Found {

    /** The type of the pool's bean; without generics when they are not known. */
    ResolvableType poolType();
  }

  /** A bean with the name that was looked for. */
  record OfBean(String bean, ResolvableType poolType) implements Found {}

  /** The factory of a plugin. */
  record OfPlugin(FactoryInfo info) implements Found {

    @Override
    public ResolvableType poolType() {
      return PoolTypes.of(info.jobType(), info.resultType());
    }
  }

  /** One of the beans: the one whose factory has the name. */
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
    Optional<String> named =
        factoryBeans.stream()
            .filter(bean -> bean.equals(name) || List.of(beans.getAliases(bean)).contains(name))
            .findFirst();
    if (named.isPresent()) {
      String bean = named.get();
      if (isProvided) {
        throw severalFactories(pool, name, List.of("the bean '" + name + "'", "a plugin"));
      }
      return new OfBean(bean, PoolTypes.ofFactoryBean(beans, bean));
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

  /** Most classes are named like their factory: DownloadFactory. */
  private ResolvableType typeOfBeanLike(String name, List<String> factoryBeans) {
    List<String> like =
        factoryBeans.stream()
            .filter(bean -> !isAnotherPools(bean, name))
            .filter(bean -> factoryBeans.size() == 1 || bean.equalsIgnoreCase(name + "Factory"))
            .toList();
    return like.size() == 1 ? PoolTypes.ofFactoryBean(beans, like.getFirst()) : PoolTypes.UNKNOWN;
  }

  /** Whether a pool asks for it by the name of the bean. */
  private boolean isAnotherPools(String bean, String name) {
    return !bean.equals(name) && names.contains(bean);
  }

  /** Returns the factory itself, once beans can be made. */
  WorkerFactory<?, ?> factory(String pool, PoolSettings settings, Found found) {
    return switch (found) {
      case OfBean(String bean, var _) -> beans.getBean(bean, WorkerFactory.class);
      case OfPlugin(FactoryInfo info) -> info.factory();
      case ByOwnName(WorkerFactories plugins, var _) ->
          byOwnName(pool, nameOf(pool, settings), plugins);
    };
  }

  /** The first that has the name; {@link #requireSingle} looks for others. */
  private WorkerFactory<?, ?> byOwnName(String pool, String name, WorkerFactories plugins) {
    Map<String, String> named = new HashMap<>(); // from bean to factory name
    for (String bean : likelyFirst(name)) {
      Optional<String> own = ownName(bean);
      if (own.isPresent() && own.get().equals(name)) {
        return beans.getBean(bean, WorkerFactory.class);
      }
      own.ifPresent(other -> named.put(bean, other));
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
    String unusable =
        plugins.failures().stream()
            .map(failure -> "; one could not be loaded: " + SafeText.of(failure))
            .collect(Collectors.joining());
    throw new PoolConfigurationException(
        PoolSettings.property(pool, "factory"),
        name,
        "no factory is named '" + name + "'; there are " + there + provided + unusable,
        "Name one of these, or declare a bean of type WorkerFactory.",
        null);
  }

  private List<String> likelyFirst(String name) {
    return factoryBeans().stream()
        .sorted(Comparator.comparing(bean -> !bean.equalsIgnoreCase(name + "Factory")))
        .toList();
  }

  /** Empty for a bean that needs the very pool for which a factory is sought. */
  private Optional<String> ownName(String bean) {
    if (beans.isCurrentlyInCreation(bean)) {
      return Optional.empty();
    }
    try {
      return Optional.of(beans.getBean(bean, WorkerFactory.class).name());
    } catch (BeansException e) {
      if (e.contains(BeanCurrentlyInCreationException.class)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Fails when another factory has the name by which the pool was given its own. */
  void requireSingle(String pool, PoolSettings settings, Found found) {
    if (found instanceof OfBean) {
      return;
    }
    String name = nameOf(pool, settings);
    List<String> several =
        factoryBeans().stream()
            .filter(beans::containsSingleton)
            .filter(bean -> beans.getBean(bean, WorkerFactory.class).name().equals(name))
            .map(bean -> "the bean '" + bean + "'")
            .collect(Collectors.toCollection(ArrayList::new));
    if (found instanceof OfPlugin) {
      several.add("a plugin");
    }
    if (several.size() > 1) {
      throw severalFactories(pool, name, several);
    }
  }

  private static PoolConfigurationException severalFactories(
      String pool, String name, List<String> which) {
    return new PoolConfigurationException(
        PoolSettings.property(pool, "factory"),
        name,
        "several factories are named '%s': %s".formatted(name, String.join(", ", which)),
        "Ask for a bean by the name of the bean, give one of the factories another name, or take its jar away.",
        null);
  }
}
