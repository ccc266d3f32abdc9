package pool.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import pool.api.WorkerFactory;

/** Compiles and packs plugins for tests, in a folder that has a folder {@code plugins}. */
final class PluginPacker {

  static final String FACTORY =
      """
      package %1$s;
      %3$s class Factory implements pool.api.WorkerFactory<Integer, String> {
        public String name() { return "%1$s"; }
        public Class<Integer> jobType() { return Integer.class; }
        public Class<String> resultType() { return String.class; }
        public pool.api.Worker<Integer, String> open(pool.api.WorkerContext context) {
          return job -> %2$s;
        }
      }
      """;
  static final String PROVIDES = "provides pool.api.WorkerFactory with %1$s.Factory;";

  final Path plugins;
  private final Path folder;

  PluginPacker(Path folder) throws IOException {
    this.folder = folder;
    plugins = Files.createDirectory(folder.resolve("plugins"));
  }

  Path compile(Map<String, String> sources, Path... needs) throws Exception {
    Path work = Files.createTempDirectory(folder, "work");
    return Sources.compile(work.resolve("classes"), sources, needs);
  }

  /** Packs classes; a jar that is there is replaced at once, as by a careful deployer. */
  static Path jar(Path classes, Path jar) throws Exception {
    return jar(classes, jar, "");
  }

  /** With more in its manifest. */
  static Path jar(Path classes, Path jar, String manifest) throws Exception {
    Files.createDirectories(jar.getParent());
    Path packing = jar.resolveSibling(jar.getFileName() + ".new");
    Path more = Files.writeString(jar.resolveSibling(jar.getFileName() + ".mf"), manifest);
    Sources.run(
        "jar",
        "--create",
        "--file",
        packing.toString(),
        "--manifest",
        more.toString(),
        "-C",
        classes.toString(),
        ".");
    Files.delete(more);
    return Files.move(packing, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A module with a factory of its name, whose results are that expression. */
  Path module(String name, String result, String directives, Path... needs) throws Exception {
    return compile(
        new TreeMap<>(
            Map.of(
                "module-info.java",
                "module %s { requires pool.api; %s }".formatted(name, directives),
                name + "/Factory.java",
                FACTORY.formatted(name, result, "public"))),
        needs);
  }

  Path module(String name, String result) throws Exception {
    return module(name, result, PROVIDES.formatted(name));
  }

  /** Classes without a module descriptor, whose factory is named as on the class path. */
  Path plain(String name, String modifier) throws Exception {
    String factory = FACTORY.formatted(name, '"' + name + '"', modifier);
    return services(compile(Map.of(name + "/Factory.java", factory)), name);
  }

  /** The same, whose results are that expression. */
  Path plainWith(String name, String result, Path... needs) throws Exception {
    String factory = FACTORY.formatted(name, result, "public");
    return services(compile(Map.of(name + "/Factory.java", factory), needs), name);
  }

  static Path services(Path classes, String name) throws Exception {
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), name + ".Factory\n");
    return classes;
  }

  /** A class without a descriptor whose method {@code text} returns that. */
  Path says(String className, String text) throws Exception {
    int dot = className.lastIndexOf('.');
    String source =
        "public class %s { public static String text() { return \"%s\"; } }"
            .formatted(className.substring(dot + 1), text);
    return compile(
        Map.of(
            className.replace('.', '/') + ".java",
            dot < 0 ? source : "package %s; %s".formatted(className.substring(0, dot), source)));
  }

  static String run(WorkerFactories factories, String name) throws Exception {
    WorkerFactory<Integer, String> factory = factories.factory(name, Integer.class, String.class);
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      return pool.submit(1).get(20, TimeUnit.SECONDS);
    }
  }

  static List<String> names(WorkerFactories factories) {
    return factories.found().stream().map(FactoryInfo::name).toList();
  }
}
