package guide;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import pool.core.Sources;

/** A plugin of the snippets, compiled and packed as its author would do it. */
final class Packed {

  private Packed() {}

  /** Its sources, by the name of their file. */
  static Map<String, String> sources(String plugin) throws Exception {
    Path folder = Programs.SNIPPETS.resolve(plugin);
    Map<String, String> sources = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        sources.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return sources;
  }

  static Path jar(Path folder, String plugin) throws Exception {
    return jar(folder, plugin, sources(plugin), "");
  }

  /** With a services file that names those classes, or none. */
  static Path jar(Path folder, String name, Map<String, String> sources, String services)
      throws Exception {
    Path work = Files.createTempDirectory(folder, "work");
    Path classes = Sources.compile(work.resolve("classes"), sources);
    if (!services.isEmpty()) {
      Path listed = Files.createDirectories(classes.resolve("META-INF/services"));
      Files.writeString(listed.resolve("pool.api.WorkerFactory"), services + "\n");
    }
    Path jar = Files.createDirectories(work.resolve("jars")).resolve(name + ".jar");
    Sources.run("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
    return jar;
  }

  /** With something else in all of them. */
  static Map<String, String> changed(Map<String, String> sources, UnaryOperator<String> change) {
    Map<String, String> changed = new TreeMap<>(sources);
    changed.replaceAll((_, text) -> change.apply(text));
    return changed;
  }
}
