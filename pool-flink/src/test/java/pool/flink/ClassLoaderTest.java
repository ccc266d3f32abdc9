package pool.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.spi.ToolProvider;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.Worker;
import pool.core.Outcome;

/** A plugin that only the Flink job's class loader has, as on a cluster. */
@Timeout(60)
public class ClassLoaderTest {

  /** The loaders of the plugin's workers, and of what their threads have as context. */
  public static final Set<WeakReference<ClassLoader>> LOADERS = ConcurrentHashMap.newKeySet();

  private static final String PLUGIN =
      """
      package plugin;

      import java.lang.ref.WeakReference;
      import pool.api.*;

      public class Shout implements WorkerFactory<String, String> {
        public String name() { return "shout"; }
        public Class<String> jobType() { return String.class; }
        public Class<String> resultType() { return String.class; }
        public Worker<String, String> open(WorkerContext context) {
          ClassLoader loader = getClass().getClassLoader();
          pool.flink.ClassLoaderTest.LOADERS.add(new WeakReference<>(loader));
          return text -> {
            Class.forName("plugin.Shout", true, Thread.currentThread().getContextClassLoader());
            return text + "!";
          };
        }
      }
      """;

  @TempDir private Path directory;

  @BeforeEach
  void reset() {
    LOADERS.clear();
  }

  private FlinkPool<String, String> shout() throws IOException {
    Configuration configuration =
        new Configuration().set(PipelineOptions.JARS, List.of(plugin().toUri().toString()));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    env.enableCheckpointing(100);
    return FlinkPool.on(env).factory("shout", String.class, String.class).workersPerTask(2);
  }

  private Path plugin() throws IOException {
    Path source = Files.writeString(directory.resolve("Shout.java"), PLUGIN);
    Path classes = directory.resolve("classes");
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve("pool.api.WorkerFactory"), "plugin.Shout");
    Path jar = directory.resolve("shout.jar");
    String classPath =
        location(ClassLoaderTest.class) + File.pathSeparator + location(Worker.class);
    tool("javac", "-proc:none", "-cp", classPath, "-d", classes.toString(), source.toString());
    tool("jar", "-c", "-f", jar.toString(), "-C", classes.toString(), ".");
    return jar;
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void tool(String name, String... arguments) {
    int status = ToolProvider.findFirst(name).orElseThrow().run(System.out, System.err, arguments);
    assertEquals(0, status, name);
  }

  @Test
  void aPluginOfTheJobIsFoundAndItsLoaderIsLetGo() throws Exception {
    List<Outcome<String, String>> outcomes = shout().runAll(List.of("a", "b", "c"));

    assertEquals(
        Set.of(
            new Outcome.Succeeded<>("a", "a!"),
            new Outcome.Succeeded<>("b", "b!"),
            new Outcome.Succeeded<>("c", "c!")),
        Set.copyOf(outcomes));
    assertTrue(LOADERS.stream().noneMatch(loader -> loader.refersTo(getClass().getClassLoader())));
    assertEquals(4, LOADERS.size());
    awaitCollected();
  }

  private static void awaitCollected() throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (LOADERS.stream().anyMatch(loader -> loader.get() != null)) {
      assertTrue(System.nanoTime() < end, "the class loader of the job is kept");
      System.gc();
      Thread.sleep(50); // until the collector has run: it tells nobody
    }
  }

  @Test
  void aMistakeThatTheClientCannotSeeEndsTheJobAtOnce() throws Exception {
    FlinkPool<String, String> shout = shout().option("volume", "11");

    Exception thrown = assertThrows(Exception.class, () -> shout.runAll(List.of("a")));

    IllegalArgumentException cause =
        ExceptionUtils.findThrowable(thrown, IllegalArgumentException.class).orElseThrow();
    assertEquals(
        "factory 'shout' has no option 'volume' (given as '11'); it has no options",
        cause.getMessage());
    assertEquals(0, LOADERS.size());
  }

  @Test
  void aFactoryThatIsNowhereEndsTheJobAtOnce() throws Exception {
    StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
    FlinkPool<String, String> none = FlinkPool.on(env).factory("x", String.class, String.class);

    Exception thrown = assertThrows(Exception.class, () -> none.runAll(List.of("a")));

    assertTrue(
        ExceptionUtils.findThrowableWithMessage(thrown, "no factory is named 'x'").isPresent());
  }
}
