package pool.core;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pool.api.WorkerFactory;
import pool.api.internal.Delegating;
import pool.core.internal.discovery.ClassLoaders;
import pool.core.internal.discovery.FactoryLoader;
import pool.core.internal.discovery.Nearest;
import pool.core.internal.discovery.PluginDirectory;

/**
 * Finds the factories that plugins provide, and reports what could not be loaded and why. A factory
 * that cannot be loaded does not keep the others from being found.
 *
 * {@snippet :
 * WorkerFactories plugins = WorkerFactories.load().and(WorkerFactories.in(directory));
 * plugins.failures().forEach(failure -> LOG.warn("{}", failure));
 *
 * WorkerPool<String, String> pool =
 *     WorkerPool.of(plugins.factory("ask", String.class, String.class))
 *         .option("port", port)
 *         .open();
 * }
 */
public final class WorkerFactories {

  /** How long a plugin of a directory may take to create its factories and to describe them. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<FactoryInfo> found;
  private final List<ProviderFailure> failures;
  private final List<Path> directories;

  private WorkerFactories(
      List<FactoryInfo> found, List<ProviderFailure> failures, List<Path> directories) {
    this.directories = directories.stream().distinct().toList();
    this.found = found.stream().sorted(Comparator.comparing(FactoryInfo::name)).toList();
    this.failures = List.copyOf(failures);
  }

  /**
   * Finds the factories that the thread's context class loader can see, on the module path and on
   * the class path, and those that the class loader of this library can see. The latter matters on
   * a thread of a common pool, whose context class loader may not see the application.
   *
   * @return the factories that were found, and the failures
   */
  public static WorkerFactories load() {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    ClassLoader own = WorkerFactories.class.getClassLoader();
    WorkerFactories seen = load(ServiceLoader.load(WorkerFactory.class, context));
    return own.equals(context) || ClassLoaders.isAncestor(own, context)
        ? seen
        : seen.and(load(ServiceLoader.load(WorkerFactory.class, own)).without(seen));
  }

  private WorkerFactories without(WorkerFactories others) {
    Set<Class<?>> known =
        others.found.stream().map(WorkerFactories::opener).collect(Collectors.toSet());
    return new WorkerFactories(
        found.stream().filter(info -> !known.contains(opener(info))).toList(),
        failures.stream().filter(failure -> !others.failures.contains(failure)).toList(),
        directories);
  }

  private static Class<?> opener(FactoryInfo info) {
    return Delegating.openerOf(info.factory()).getClass();
  }

  /**
   * Finds the factories of a module layer and its parents.
   *
   * @param layer the module layer
   * @return the factories that were found, and the failures
   */
  public static WorkerFactories load(ModuleLayer layer) {
    return load(ServiceLoader.load(layer, WorkerFactory.class));
  }

  /**
   * Finds the factories of a directory of plugins, and no others.
   *
   * <p>Each subdirectory with jars, and each jar that lies there alone, is a plugin with a class
   * loader of its own, so two plugins may carry two versions of one library. If the jars of a
   * plugin cannot be modules, they are a class path. How much is read of a plugin, and how long its
   * factories may take to describe themselves, is bounded.
   *
   * <p>To replace a plugin while the program runs, move the new file over the old one and call this
   * method again. What was found before goes on with the old classes, which can be collected once
   * nothing uses them.
   *
   * @param pluginDirectory the directory
   * @return the factories that were found, and the failures
   * @throws IllegalArgumentException if it is not a directory, or cannot be read
   */
  public static WorkerFactories in(Path pluginDirectory) {
    return in(pluginDirectory, PATIENCE);
  }

  /** Finds them with another time limit. */
  static WorkerFactories in(Path pluginDirectory, Duration patience) {
    List<FactoryInfo> found = new ArrayList<>();
    List<ProviderFailure> failures = new ArrayList<>();
    PluginDirectory.load(pluginDirectory, patience, found, failures);
    return new WorkerFactories(found, failures, List.of(pluginDirectory.toAbsolutePath()));
  }

  /**
   * Returns these factories and others together.
   *
   * @param others the others
   * @return all factories and all failures
   */
  public WorkerFactories and(WorkerFactories others) {
    return new WorkerFactories(
        Stream.concat(found.stream(), others.found.stream()).toList(),
        Stream.concat(failures.stream(), others.failures.stream()).toList(),
        Stream.concat(directories.stream(), others.directories.stream()).toList());
  }

  @SuppressWarnings("rawtypes") // as ServiceLoader has it
  private static WorkerFactories load(ServiceLoader<WorkerFactory> loader) {
    List<FactoryInfo> found = new ArrayList<>();
    List<ProviderFailure> failures = new ArrayList<>();
    FactoryLoader.load(loader, Long.MAX_VALUE, _ -> true, found, failures);
    return new WorkerFactories(found, failures, List.of());
  }

  /**
   * Returns the factories that were found, sorted by name. Two may have the same name.
   *
   * @return an unmodifiable list
   */
  public List<FactoryInfo> found() {
    return found;
  }

  /**
   * Returns what could not be loaded, and why.
   *
   * @return an unmodifiable list
   */
  public List<ProviderFailure> failures() {
    return failures;
  }

  /**
   * Returns the plugin directories that were searched.
   *
   * @return an unmodifiable list of absolute paths; empty if there were none
   */
  public List<Path> directories() {
    return directories;
  }

  /**
   * Returns the factory that has a name.
   *
   * @param name the name
   * @return the factory
   * @throws NoSuchFactoryException if there is none; the message lists what exists, the nearest
   *     name first, and what could not be loaded
   * @throws DuplicateFactoryException if there are several; the message names their modules
   */
  public FactoryInfo find(String name) {
    List<FactoryInfo> same = found.stream().filter(info -> info.name().equals(name)).toList();
    if (same.isEmpty()) {
      throw noSuchFactory(name);
    }
    if (same.size() > 1) {
      throw new DuplicateFactoryException(
          "factory '%s' is provided %d times, remove all but one: %s"
              .formatted(
                  name,
                  same.size(),
                  same.stream()
                      .map(FactoryInfo::origin)
                      .sorted()
                      .collect(Collectors.joining(" and "))));
    }
    return same.getFirst();
  }

  private NoSuchFactoryException noSuchFactory(String name) {
    StringBuilder message = new StringBuilder("no factory is named '" + name + "'; ");
    List<String> names = Nearest.first(name, found.stream().map(FactoryInfo::name).toList());
    message.append(
        names.isEmpty()
            ? "none was found: is a plugin on the module path or class path?"
            : "there are " + String.join(", ", names));
    failures.forEach(failure -> message.append("; could not be loaded: ").append(failure));
    return new NoSuchFactoryException(message.toString());
  }

  /**
   * Returns the factory that has a name, for certain jobs and results.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param name the name
   * @param jobType the factory's job type, or a subtype
   * @param resultType the factory's result type, or a supertype
   * @return the factory
   * @throws NoSuchFactoryException if there is none
   * @throws DuplicateFactoryException if there are several
   * @throws IllegalArgumentException if the factory has other types
   */
  @SuppressWarnings("unchecked") // it takes a J, being a job, and what it returns is an R
  public <J, R> WorkerFactory<J, R> factory(String name, Class<J> jobType, Class<R> resultType) {
    FactoryInfo info = find(name);
    if (!info.jobType().isAssignableFrom(jobType)) {
      throw new IllegalArgumentException(
          "factory '%s' has jobs of type %s, not %s"
              .formatted(name, info.jobType().getName(), jobType.getName()));
    }
    if (!resultType.isAssignableFrom(info.resultType())) {
      throw new IllegalArgumentException(
          "factory '%s' has results of type %s, not %s"
              .formatted(name, info.resultType().getName(), resultType.getName()));
    }
    return (WorkerFactory<J, R>) info.factory();
  }
}
