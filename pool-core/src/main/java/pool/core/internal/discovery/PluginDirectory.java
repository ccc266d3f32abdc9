package pool.core.internal.discovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pool.core.FactoryInfo;
import pool.core.ProviderFailure;

/** Loads the plugins of a directory: each sub-folder and each jar is one. */
public final class PluginDirectory {

  private static final int MOST_PLUGINS = 10_000;

  private PluginDirectory() {}

  /** Adds their factories, and why others could not be loaded. */
  public static void load(
      Path directory, Duration patience, List<FactoryInfo> found, List<ProviderFailure> failures) {
    Map<Plugin, Collection<PluginJar>> plugins = new LinkedHashMap<>();
    for (Plugin plugin : plugins(directory)) {
      try {
        plugins.put(plugin, PluginJars.of(plugin.path()));
      } catch (Throwable e) { // whatever is wrong with it, the others are to be found
        failures.add(plugin.failure(e));
      }
    }
    withoutLibraries(plugins)
        .forEach((plugin, jars) -> plugin.load(jars, patience, found, failures));
  }

  /** By name. */
  private static List<Plugin> plugins(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new IllegalArgumentException(
          "the plugin directory %s %s; name a folder whose sub-folders and jars are plugins"
              .formatted(
                  directory, Files.exists(directory) ? "is not a folder" : "does not exist"));
    }
    List<Path> entries;
    try (Stream<Path> all = Files.list(directory)) {
      entries = all.limit(MOST_PLUGINS + 1).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalArgumentException(
          "the plugin directory %s cannot be read: %s".formatted(directory, e), e);
    }
    if (entries.size() > MOST_PLUGINS) {
      throw new IllegalArgumentException(
          "the plugin directory %s has more than %d entries; name a folder whose sub-folders and jars are plugins"
              .formatted(directory, MOST_PLUGINS));
    }
    return entries.stream()
        .filter(path -> !PluginJars.isHidden(path))
        .filter(path -> PluginJar.isNamedAsJar(path) || Files.isDirectory(path))
        .map(Plugin::new)
        .toList();
  }

  /** A jar or folder without a factory is no plugin if the manifest of one names all of it. */
  private static Map<Plugin, Collection<PluginJar>> withoutLibraries(
      Map<Plugin, Collection<PluginJar>> plugins) {
    Set<Path> seen = new HashSet<>();
    Set<Path> seenTwice =
        plugins.values().stream()
            .flatMap(Collection::stream)
            .map(PluginJar::realPath)
            .filter(path -> !seen.add(path))
            .collect(Collectors.toSet());
    plugins
        .values()
        .removeIf(jars ->
            jars.stream().allMatch(jar -> !jar.hasFactory() && seenTwice.contains(jar.realPath())));
    return plugins;
  }
}
