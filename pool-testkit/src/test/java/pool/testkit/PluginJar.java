package pool.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import pool.api.WorkerFactory;

/** Compiles and packs a plugin: a module with a factory that is also listed for the class path. */
final class PluginJar {

  private static final String FACTORY =
      """
      package shouting;
      public final class %1$s implements pool.api.WorkerFactory<String, String> {
        public String name() { return "shout"; }
        public Class<String> jobType() { return String.class; }
        public Class<String> resultType() { return String.class; }
        public pool.api.Worker<String, String> open(pool.api.WorkerContext context) {
          return job -> job.toUpperCase(java.util.Locale.ROOT);
        }
      }
      """;

  private PluginJar() {}

  /** Into the plugins of a folder; {@code listed} is what the services file says. */
  static void make(Path folder, String listed) throws Exception {
    Map<String, String> sources =
        Map.of(
            "module-info.java",
            "module shouting { requires pool.api; provides pool.api.WorkerFactory with shouting.Shout; }",
            "shouting/Shout.java",
            FACTORY.formatted("Shout"),
            "shouting/Other.java",
            FACTORY.formatted("Other"));
    Path classes = folder.resolve("classes");
    Path api =
        Path.of(WorkerFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> args = new ArrayList<>(List.of("-d", classes.toString(), "-p", api.toString()));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve("sources").resolve(source.getKey());
      Files.createDirectories(file.getParent());
      args.add(Files.writeString(file, source.getValue()).toString());
    }
    run("javac", args.toArray(String[]::new));
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), listed + " # a comment\n");
    Path jar = Files.createDirectories(plugins(folder)).resolve("shouting.jar");
    run("jar", "--create", "--file", jar.toString(), "-C", classes.toString(), ".");
  }

  /** The directory of plugins. */
  static Path plugins(Path folder) {
    return folder.resolve("plugins");
  }

  /** A loader of the jar in a folder, to be closed. */
  static URLClassLoader classPath(Path folder) throws IOException {
    return new URLClassLoader(
        new URL[] {plugins(folder).resolve("shouting.jar").toUri().toURL()},
        WorkerFactory.class.getClassLoader());
  }

  @SuppressWarnings("unchecked")
  static WorkerFactory<String, String> factory(ClassLoader loader) {
    try {
      return (WorkerFactory<String, String>)
          loader.loadClass("shouting.Shout").getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(String tool, String... args) {
    StringWriter output = new StringWriter();
    PrintWriter printer = new PrintWriter(output);
    assertEquals(
        0,
        ToolProvider.findFirst(tool).orElseThrow().run(printer, printer, args),
        output::toString);
  }
}
