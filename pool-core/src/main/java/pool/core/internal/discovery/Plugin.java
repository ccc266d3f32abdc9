package pool.core.internal.discovery;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.lang.module.ResolvedModule;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.FactoryInfo;
import pool.core.ProviderFailure;

/**
 * A plugin in a directory: a sub-folder with jars, or a jar that lies there alone. It has a class
 * loader of its own over the application's. So two plugins may carry two versions of one library,
 * and one that is broken does not touch the others.
 *
 * <p>How it is loaded:
 *
 * <ul>
 *   <li>If the jar of its factory has a module descriptor, its jars are modules, in a layer over
 *       the application's, as on a module path.
 *   <li>Otherwise, or if its jars cannot be modules together, they are a class path. So they are
 *       where the pool itself is on the class path: no layer knows {@code pool.api} then.
 * </ul>
 *
 * <p>In both cases it sees its own jars first, then the application ({@link
 * ChildFirstClassLoader}); but what it shares with the pool is the application's, even if it
 * carries a copy.
 */
public record Plugin(Path path) {

  /** Modules, which have the names of their packages. */
  public static final Set<String> SHARED = Set.of("pool.api", "pool.core", "org.slf4j");

  private record Loaded(List<FactoryInfo> found, List<ProviderFailure> failures) {}

  /** Adds its factories, or why they could not be loaded. */
  public void load(
      Collection<PluginJar> jars,
      Duration patience,
      List<FactoryInfo> found,
      List<ProviderFailure> failures) {
    try {
      Loaded loaded = BoundedCall.call(toString(), patience, () -> loaded(jars));
      if (loaded.found.isEmpty() && loaded.failures.isEmpty()) {
        throw noFactory(jars);
      }
      found.addAll(loaded.found);
      loaded.failures.stream()
          .map(own -> new ProviderFailure(this + ", " + own.provider(), own.reason()))
          .forEach(failures::add);
    } catch (Throwable e) { // whatever is wrong with it, the others are to be found
      failures.add(failure(e));
    }
  }

  @SuppressWarnings("rawtypes") // as ServiceLoader has it
  private Loaded loaded(Collection<PluginJar> jars) throws IOException {
    Loaded loaded = new Loaded(new ArrayList<>(), new ArrayList<>());
    ModuleLayer layer = layer(jars);
    if (layer != null) { // its own providers come first, then those of the application
      FactoryLoader.load(
          ServiceLoader.load(layer, WorkerFactory.class),
          providersOf(layer),
          _ -> true,
          loaded.found,
          loaded.failures);
    } else {
      ClassLoader loader = ofClassPath(jars);
      FactoryLoader.load(
          ServiceLoader.load(WorkerFactory.class, loader),
          Long.MAX_VALUE,
          provider -> loader.equals(provider.type().getClassLoader()),
          loaded.found,
          loaded.failures);
    }
    return loaded;
  }

  private static long providersOf(ModuleLayer layer) {
    return layer.modules().stream()
        .mapToLong(module -> PluginJar.factories(module.getDescriptor()).size())
        .sum();
  }

  /** A layer of its modules; null if they are a class path. */
  private @Nullable ModuleLayer layer(Collection<PluginJar> jars) throws IOException {
    ModuleLayer application = WorkerFactory.class.getModule().getLayer();
    if (application != null && jars.stream().anyMatch(jar -> jar.isModule() && jar.hasFactory())) {
      try {
        return asModules(application, jars);
      } catch (ResolutionException | LayerInstantiationException e) {
        // they cannot be modules together
      }
    }
    return null;
  }

  /** Never closed: workers may load classes as long as they live. */
  private ClassLoader ofClassPath(Collection<PluginJar> jars) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (PluginJar jar : jars) {
      urls.add(jar.path().toUri().toURL());
    }
    List<String> provided = jars.stream().flatMap(jar -> jar.provides().stream()).toList();
    return ChildFirstClassLoader.ofClassPath(path.getFileName().toString(), urls, provided);
  }

  private ModuleLayer asModules(ModuleLayer application, Collection<PluginJar> jars)
      throws IOException {
    PluginModules modules = PluginModules.of(jars);
    List<ModuleDescriptor> all =
        modules.findAll().stream().map(ModuleReference::descriptor).toList();
    List<ModuleDescriptor> providers = all.stream().filter(Plugin::isProvider).toList();
    if (providers.isEmpty()) {
      throw noFactory(jars);
    }
    // One without a descriptor does not say what it needs: it may need all that lies there.
    boolean needsAll = providers.stream().anyMatch(ModuleDescriptor::isAutomatic);
    Set<String> roots =
        (needsAll ? all : providers)
            .stream().map(ModuleDescriptor::name).collect(Collectors.toSet());
    Configuration configuration =
        application.configuration().resolveAndBind(modules, ModuleFinder.of(), roots);
    ClassLoader loader =
        ChildFirstClassLoader.ofModules(
            path.getFileName().toString(), known(configuration, application));
    ModuleLayer.Controller controller =
        ModuleLayer.defineModules(configuration, List.of(application), _ -> loader);
    passOnNativeAccess(controller);
    return controller.layer();
  }

  private static ChildFirstClassLoader.Modules known(
      Configuration configuration, ModuleLayer application) throws MalformedURLException {
    Map<String, URL> jars = new HashMap<>();
    Set<String> packages = new HashSet<>();
    Map<String, ClassLoader> read = new HashMap<>();
    for (ResolvedModule module : configuration.modules()) {
      jars.put(module.name(), module.reference().location().orElseThrow().toURL());
      packages.addAll(module.reference().descriptor().packages());
      for (ResolvedModule other : module.reads()) {
        ClassLoader loader =
            other.configuration() == configuration ? null : application.findLoader(other.name());
        if (loader != null) {
          other.reference().descriptor().packages().forEach(name -> read.put(name, loader));
        }
      }
    }
    return new ChildFirstClassLoader.Modules(jars, packages, read);
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

  private static boolean isProvider(ModuleDescriptor module) {
    return !PluginJar.factories(module).isEmpty();
  }

  private static FindException noFactory(Collection<PluginJar> jars) {
    for (PluginJar jar : jars) {
      if (jar.badDescriptor() != null) {
        return new FindException(
            "the module descriptor of %s cannot be read: %s"
                .formatted(jar.name(), jar.badDescriptor()));
      }
    }
    return new FindException(
        "it provides no factory; say 'provides pool.api.WorkerFactory with ...' in its module-info, or name the factory in META-INF/services/pool.api.WorkerFactory");
  }

  public ProviderFailure failure(Throwable e) {
    boolean isPlain = e instanceof FindException || e instanceof TimeoutException;
    return new ProviderFailure(
        toString(), isPlain ? wayOut(String.valueOf(e.getMessage())) : FailureText.of(e));
  }

  /** What the JDK says, and the way out where it says none. */
  private static String wayOut(String message) {
    if (!message.startsWith("Module ")) {
      return message;
    }
    String missing = message.split(" ", 3)[1];
    return message
        + (ModuleFinder.ofSystem().find(missing).isPresent()
            ? "; start the program with --add-modules " + missing
            : "; put its jar into the plugin's folder");
  }

  @Override
  public String toString() {
    return "plugin " + path.getFileName();
  }
}
