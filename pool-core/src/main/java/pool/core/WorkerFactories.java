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
import pool.core.internal.discovery.ClassLoaders;
import pool.core.internal.discovery.FactoryLoader;
import pool.core.internal.discovery.Nearest;
import pool.core.internal.discovery.PluginDirectory;

/**
 * The factories that plugins provide: what is there, and what could not be loaded and why. One that
 * cannot be loaded does not keep the others from being found.
 *
 * {@snippet file="guide/Opening.java" region="plugins"}
 */
public final class WorkerFactories {

  /** How long a plugin of a directory may take to make its factories and to tell what they are. */
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
   * the class path, and those that this library's own can: a thread of a common pool may have a
   * context class loader that sees no application.
   *
   * @return what is there
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
        others.found.stream().map(info -> info.factory().getClass()).collect(Collectors.toSet());
    return new WorkerFactories(
        found.stream().filter(info -> !known.contains(info.factory().getClass())).toList(),
        failures.stream().filter(failure -> !others.failures.contains(failure)).toList(),
        directories);
  }

  /**
   * Finds the factories of a module layer and its parents.
   *
   * @param layer where to look
   * @return what is there
   */
  public static WorkerFactories load(ModuleLayer layer) {
    return load(ServiceLoader.load(layer, WorkerFactory.class));
  }

  /**
   * Finds the factories of a directory of plugins, and no others. Each sub-folder with jars, and
   * each jar that lies there alone, is a plugin, with a class loader of its own: two may carry two
   * versions of one library. Where its jars cannot be modules they are a class path. What is read
   * of a plugin is bounded, and so is the time that its factories may take to tell what they are.
   *
   * <p>A plugin can be replaced while the program runs: move the new file over the old one, and
   * call this again. What was found before goes on with the old classes, which can be collected
   * when nobody uses them any more.
   *
   * @param pluginDirectory where to look
   * @return what is there, and which plugins could not be loaded and why
   * @throws IllegalArgumentException when it is no folder, or cannot be read
   */
  public static WorkerFactories in(Path pluginDirectory) {
    return in(pluginDirectory, PATIENCE);
  }

  /** With another patience. */
  static WorkerFactories in(Path pluginDirectory, Duration patience) {
    List<FactoryInfo> found = new ArrayList<>();
    List<ProviderFailure> failures = new ArrayList<>();
    PluginDirectory.load(pluginDirectory, patience, found, failures);
    return new WorkerFactories(found, failures, List.of(pluginDirectory.toAbsolutePath()));
  }

  /**
   * These factories and others, as one.
   *
   * @param others the others
   * @return all of them, and all failures
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
    FactoryLoader.load(loader, _ -> true, found, failures);
    return new WorkerFactories(found, failures, List.of());
  }

  /**
   * What was found, by name.
   *
   * @return unmodifiable; two may have one name
   */
  public List<FactoryInfo> found() {
    return found;
  }

  /**
   * What could not be loaded, and why.
   *
   * @return unmodifiable
   */
  public List<ProviderFailure> failures() {
    return failures;
  }

  /**
   * The plugin directories in which these were looked for.
   *
   * @return absolute, unmodifiable; empty when there were none
   */
  public List<Path> directories() {
    return directories;
  }

  /**
   * The factory of a name.
   *
   * @param name the name
   * @return what was found
   * @throws NoSuchFactoryException when there is none; lists what exists, nearest first, and what
   *     could not be loaded
   * @throws DuplicateFactoryException when there are several; names their modules
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
   * The factory of a name, for certain jobs and results.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the name
   * @param jobType its job type, or a subtype
   * @param resultType its result type, or a supertype
   * @return the factory
   * @throws NoSuchFactoryException when there is none
   * @throws DuplicateFactoryException when there are several
   * @throws IllegalArgumentException when its types are others
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
