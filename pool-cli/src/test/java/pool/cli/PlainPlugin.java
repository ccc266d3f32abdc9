package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import pool.api.WorkerFactory;

/** A plugin without a module descriptor, and a library that it needs, as a folder of jars. */
final class PlainPlugin {

  private static final String LIBRARY =
      """
      package library;
      public class Library {
        public static String says(int number) { return "library says " + number; }
      }
      """;

  private static final String FACTORY =
      """
      package plain;
      public class Factory implements pool.api.WorkerFactory<Integer, String> {
        public String name() { return "plain"; }
        public Class<Integer> jobType() { return Integer.class; }
        public Class<String> resultType() { return String.class; }
        public pool.api.Worker<Integer, String> open(pool.api.WorkerContext context) {
          return library.Library::says;
        }
      }
      """;

  private PlainPlugin() {}

  /** Compiles both, and packs them into {@code plain.jar} and {@code library.jar}. */
  static void pack(Path folder) throws Exception {
    Path work = Files.createTempDirectory("plain");
    Path library = Files.writeString(work.resolve("Library.java"), LIBRARY);
    Path factory = Files.writeString(work.resolve("Factory.java"), FACTORY);
    Path api =
        Path.of(WorkerFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path classes = work.resolve("classes");
    run(
        "javac",
        "--class-path",
        api.toString(),
        "-d",
        classes.toString(),
        library.toString(),
        factory.toString());
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), "plain.Factory\n");
    run(
        "jar",
        "--create",
        "--file",
        folder.resolve("library.jar").toString(),
        "-C",
        classes.toString(),
        "library");
    run(
        "jar",
        "--create",
        "--file",
        folder.resolve("plain.jar").toString(),
        "-C",
        classes.toString(),
        "plain",
        "-C",
        classes.toString(),
        "META-INF");
  }

  private static void run(String tool, String... args) {
    int status = ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, args);
    assertEquals(0, status);
  }
}
