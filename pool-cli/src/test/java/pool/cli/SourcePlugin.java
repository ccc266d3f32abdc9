package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** A plugin that is compiled by a test, as a jar in a directory of plugins. */
final class SourcePlugin {

  private SourcePlugin() {}

  /** Packs the class {@code hostile.Factory} into a directory of plugins. */
  static void pack(Path plugins, String source) throws Exception {
    Path work = Files.createTempDirectory("source");
    Path factory = Files.writeString(work.resolve("Factory.java"), source);
    Path classes = work.resolve("classes");
    run("javac", "--class-path", homes(), "-d", classes.toString(), factory.toString());
    pack(plugins, classes);
  }

  /** The same, as a module. */
  static void packModule(Path plugins, String source, String descriptor) throws Exception {
    Path work = Files.createTempDirectory("source");
    Path factory = Files.writeString(work.resolve("Factory.java"), source);
    Path module = Files.writeString(work.resolve("module-info.java"), descriptor);
    Path classes = work.resolve("classes");
    run(
        "javac",
        "--module-path",
        homes(),
        "-d",
        classes.toString(),
        module.toString(),
        factory.toString());
    pack(plugins, classes);
  }

  private static void pack(Path plugins, Path classes) throws Exception {
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), "hostile.Factory\n");
    run(
        "jar",
        "--create",
        "--file",
        plugins.resolve("hostile.jar").toString(),
        "-C",
        classes.toString(),
        ".");
  }

  private static String homes() throws Exception {
    return home(WorkerFactory.class) + File.pathSeparator + home(WorkerPool.class);
  }

  private static String home(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  private static void run(String tool, String... args) {
    assertEquals(0, ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, args));
  }
}
