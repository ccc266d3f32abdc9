package pool.core.internal.discovery;

import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.lang.module.ResolutionException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The jars of a plugin as modules, but for those that must be the application's. */
public record PluginModules(Map<String, ModuleReference> byName) implements ModuleFinder {

  /**
   * Makes modules of jars.
   *
   * @throws ResolutionException when one cannot be a module: the JDK makes none of a jar without a
   *     descriptor if, for instance, its name says nothing that is a name, or a services file names
   *     what is not there
   */
  public static PluginModules of(Collection<PluginJar> jars) {
    Map<String, ModuleReference> byName = new HashMap<>();
    for (PluginJar jar : jars) {
      for (ModuleReference module : modules(jar)) {
        String name = module.descriptor().name();
        if (!Plugin.SHARED.contains(name) && byName.putIfAbsent(name, module) != null) {
          throw new ResolutionException("two jars are the module " + name);
        }
      }
    }
    return new PluginModules(byName);
  }

  private static Set<ModuleReference> modules(PluginJar jar) {
    try {
      return ModuleFinder.of(jar.path()).findAll();
    } catch (FindException e) {
      throw new ResolutionException(jar.name() + " cannot be a module", e);
    }
  }

  @Override
  public Optional<ModuleReference> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  @Override
  public Set<ModuleReference> findAll() {
    return Set.copyOf(byName.values());
  }
}
