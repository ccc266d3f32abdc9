package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.WorkerFactory;

/** The JVM does not warn users of what only a plugin's author could change. */
@Timeout(120)
class QuietPluginIT {

  private static final String FACTORY =
      """
      package quiet;
      import java.lang.foreign.FunctionDescriptor;
      import java.lang.foreign.Linker;
      import java.lang.foreign.ValueLayout;
      public class Factory implements pool.api.WorkerFactory<Integer, Integer> {
        public String name() { return "quiet"; }
        public Class<Integer> jobType() { return Integer.class; }
        public Class<Integer> resultType() { return Integer.class; }
        public pool.api.Worker<Integer, Integer> open(pool.api.WorkerContext context) throws Exception {
          var field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
          field.setAccessible(true);
          var unsafe = (sun.misc.Unsafe) field.get(null);
          unsafe.freeMemory(unsafe.allocateMemory(8));
          Linker linker = Linker.nativeLinker();
          var abs =
              linker.downcallHandle(
                  linker.defaultLookup().findOrThrow("abs"),
                  FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
          return job -> {
            try {
              return (int) abs.invokeExact((int) job);
            } catch (Throwable e) {
              throw new IllegalStateException(e);
            }
          };
        }
      }
      """;

  private static final String MODULE =
      """
      module quiet {
        requires pool.api;
        requires jdk.unsupported;
        provides pool.api.WorkerFactory with quiet.Factory;
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest(name = "with a module descriptor: {0}")
  @ValueSource(booleans = {true, false})
  void nativeAccessAndUnsafeOfAPluginMakeNoWarnings(boolean descriptor) throws Exception {
    Path api =
        Path.of(WorkerFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path classes = folder.resolve("classes");
    List<String> command =
        new ArrayList<>(
            List.of("-p", api.toString(), "-cp", api.toString(), "-d", classes.toString()));
    command.addAll(List.of("-Xlint:-removal", "-XDignore.symbol.file")); // Unsafe
    command.add(Files.writeString(folder.resolve("Factory.java"), FACTORY).toString());
    if (descriptor) {
      command.add(Files.writeString(folder.resolve("module-info.java"), MODULE).toString());
    }
    tool("javac", command);
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), "quiet.Factory\n");
    Path jar = Files.createDirectories(folder.resolve("plugins")).resolve("quiet.jar");
    tool("jar", List.of("--create", "--file", jar.toString(), "-C", classes.toString(), "."));

    Image.Ended ended =
        new Image(folder).run("-7\n", "run", "quiet", "--plugins", "plugins", "--workers", "1");

    assertEquals(
        List.of("{\"line\":1,\"job\":\"-7\",\"outcome\":\"succeeded\",\"result\":7}"),
        ended.plain(),
        ended::toString);
    assertEquals(1, ended.err().size(), ended::toString); // how it finished
  }

  private static void tool(String tool, List<String> args) {
    assertEquals(
        0,
        ToolProvider.findFirst(tool)
            .orElseThrow()
            .run(System.out, System.err, args.toArray(String[]::new)));
  }
}
