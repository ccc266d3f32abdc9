package pool.core;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * A plugin in a directory: a sub-folder with jars, or a jar that lies there alone. It gets a module
 * layer and a class loader of its own. So two plugins may carry two versions of one library, and
 * one that is broken does not touch the others.
 *
 * <p>A plugin sees its own modules first, then those of the application; but what it shares with
 * the pool is the application's, even if it carries a copy. Where the pool itself is on the class
 * path no layer knows {@code pool.api}: then the plugin's jars are a class path, too ({@link
 * ChildFirstClassLoader}).
 */
record Plugin(Path path) {

  /** Modules, which have the names of their packages. */
  static final Set<String> SHARED = Set.of("pool.api", "pool.core", "org.slf4j");

  /** The plugins of a directory, by name. */
  static List<Plugin> in(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "the plugin directory %s %s; name a folder whose sub-folders and jars are plugins"
              .formatted(
                  directory, Files.exists(directory) ? "is not a folder" : "does not exist"));
    }
    try {
      return entries(directory)
          .filter(path -> isJar(path) || Files.isDirectory(path))
          .map(Plugin::new)
          .toList();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the plugin directory %s cannot be read: %s".formatted(directory, e), e);
    }
  }

  private static Stream<Path> entries(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList().stream();
    }
  }

  private static boolean isJar(Path path) {
    return path.toString().endsWith(".jar") && Files.isRegularFile(path);
  }

  /** Adds its factories, or why they could not be loaded. */
  @SuppressWarnings("rawtypes") // as ServiceLoader has it
  void load(List<FactoryInfo> found, List<ProviderFailure> failures) {
    List<ProviderFailure> own = new ArrayList<>();
    int before = found.size();
    try {
      Found loaded = loaded();
      WorkerFactories.load(loaded.providers, provider -> isOf(loaded.loader, provider), found, own);
      if (found.size() == before && own.isEmpty()) {
        throw noFactory();
      }
      own.forEach(failure ->
          failures.add(new ProviderFailure(this + ", " + failure.provider(), failure.reason())));
    } catch (Exception | LinkageError e) { // whatever is wrong with it, the others are to be found
      failures.add(new ProviderFailure(toString(), reason(e)));
    }
  }

  @SuppressWarnings("rawtypes") // as ServiceLoader has it
  private record Found(ServiceLoader<WorkerFactory> providers, ClassLoader loader) {}

  /**
   * Whether it is the plugin's, and not one of the application, whose layer is searched as well.
   */
  @SuppressWarnings("rawtypes")
  private static boolean isOf(ClassLoader loader, ServiceLoader.Provider<WorkerFactory> provider) {
    Class<?> type = provider.type();
    if (type.isInterface()) { // of a provider method, which only says what it promises
      try {
        type = provider.get().getClass();
      } catch (Throwable e) {
        return true; // which is told of it
      }
    }
    return loader.equals(type.getClassLoader());
  }

  private Found loaded() throws IOException {
    List<Path> jars = isJar(path) ? List.of(path) : entries(path).filter(Plugin::isJar).toList();
    if (jars.isEmpty()) {
      throw new FindException("it has no jar; put the plugin's jar there, and those that it needs");
    }
    ModuleLayer application = application();
    return application == null ? onClassPath(jars) : asLayerOver(application, jars);
  }

  private Found onClassPath(List<Path> jars) throws MalformedURLException {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(jar.toUri().toURL());
    }
    ClassLoader loader = // never closed: workers may load classes as long as they live
        new ChildFirstClassLoader(path.getFileName().toString(), urls.toArray(URL[]::new));
    return new Found(ServiceLoader.load(WorkerFactory.class, loader), loader);
  }

  private static Found asLayerOver(ModuleLayer application, List<Path> jars) {
    ModuleFinder modules = new WithoutShared(ModuleFinder.of(jars.toArray(Path[]::new)));
    List<ModuleDescriptor> all =
        modules.findAll().stream().map(ModuleReference::descriptor).toList();
    List<ModuleDescriptor> providers = all.stream().filter(Plugin::isProvider).toList();
    if (providers.isEmpty()) {
      throw noFactory();
    }
    // One without a descriptor does not say what it needs: it may need all that lies there.
    boolean needsAll = providers.stream().anyMatch(ModuleDescriptor::isAutomatic);
    Set<String> roots =
        (needsAll ? all : providers)
            .stream().map(ModuleDescriptor::name).collect(Collectors.toSet());
    Configuration configuration =
        application.configuration().resolveAndBind(modules, ModuleFinder.of(), roots);
    ModuleLayer.Controller controller =
        ModuleLayer.defineModulesWithOneLoader(
            configuration, List.of(application), WorkerFactory.class.getClassLoader());
    passOnNativeAccess(controller);
    ModuleLayer layer = controller.layer();
    return new Found(
        ServiceLoader.load(layer, WorkerFactory.class),
        layer.findLoader(providers.getFirst().name()));
  }

  /** No option of the JVM can name modules that are not there yet: they get what this one has. */
  @SuppressWarnings("restricted")
  private static void passOnNativeAccess(ModuleLayer.Controller plugin) {
    if (Plugin.class.getModule().isNativeAccessEnabled()) {
      for (Module module : plugin.layer().modules()) {
        ModuleLayer.Controller _ = plugin.enableNativeAccess(module);
      }
    }
  }

  private static FindException noFactory() {
    return new FindException(
        "it provides no factory; say 'provides pool.api.WorkerFactory with ...' in its module-info, or name the factory in META-INF/services/pool.api.WorkerFactory"
            + (application() == null
                ? ", which alone counts where the program is on the class path"
                : ""));
  }

  private static @Nullable ModuleLayer application() {
    return WorkerFactory.class.getModule().getLayer();
  }

  private static boolean isProvider(ModuleDescriptor module) {
    return module.provides().stream()
        .anyMatch(provides -> provides.service().equals(WorkerFactory.class.getName()));
  }

  /** What the JDK says, and the way out where it says none. */
  private static String reason(Throwable e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof FindException && message.startsWith("Module ")) {
      String missing = message.split(" ", 3)[1];
      return message
          + (ModuleFinder.ofSystem().find(missing).isPresent()
              ? "; start the program with --add-modules " + missing
              : "; put its jar into the plugin's folder");
    }
    if (message.contains("reads another module named")
        || message.contains("reads more than one module named")) {
      return message
          + "; the program has it, too, and jars without a module descriptor cannot tell them apart: leave it out of the plugin's folder, or use jars with descriptors";
    }
    return e.getCause() == null ? message : message + ": " + e.getCause().getMessage();
  }

  @Override
  public String toString() {
    return "plugin " + path.getFileName();
  }

  /** Modules, but for those that must be the application's. */
  private record WithoutShared(ModuleFinder all) implements ModuleFinder {
    @Override
    public Optional<ModuleReference> find(String name) {
      return SHARED.contains(name) ? Optional.empty() : all.find(name);
    }

    @Override
    public Set<ModuleReference> findAll() {
      return all.findAll().stream()
          .filter(module -> !SHARED.contains(module.descriptor().name()))
          .collect(Collectors.toSet());
    }
  }
}
