package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs what the projects in {@code src/it} have built, as their users would. */
class ConsumersIT {

  private static final Path CONSUMERS = Path.of(System.getProperty("consumers"));

  @TempDir Path folder;

  private static String modules(String consumer) {
    return CONSUMERS.resolve(consumer, "target", "modules").toString();
  }

  @Test
  void aPluginOnTheModulePathIsFoundDoesJobsAndIsClosed() throws Exception {
    assertEquals(
        List.of(
            "closed length-0",
            "closed length-1",
            "lengths [1, 2, 3]",
            "measured runs 3",
            "pool in module pool.core"),
        Programs.java(
            folder, "-p", modules("module-path"), "-m", "consumer.modules/consumer.modules.Main"));
  }

  @Test
  void aPluginOnTheClassPathIsFoundDoesJobsAndIsClosed() throws Exception {
    assertEquals(
        List.of(
            "closed upper-0", "closed upper-1", "pool in a module: false", "upper [A, BB, CCC]"),
        Programs.java(folder, "-cp", modules("class-path") + "/*", "consumer.classes.Main"));
  }

  @Test
  void aRuntimeOfItsOwnHasALauncherTwoPluginsAndItsJava() throws Exception {
    Path image = CONSUMERS.resolve("own-runtime", "target", "image");
    assertEquals(
        List.of(
            "bean pool:type=WorkerPool,name=\"length\" 3",
            "closed length-0",
            "closed reverse-0",
            "in a process [a, ab, abc]",
            "java in " + image.toRealPath(),
            "lengths [1, 2, 3]",
            "reverses [a, ab, abc]",
            "use of length-0"),
        Programs.run(folder, "", image.resolve("bin", "words").toString(), "a", "ba", "cba"));
  }

  @Test
  void aRuntimeOfItsOwnHasTheFlightRecorderWithoutAskingForIt() throws Exception {
    Path image = CONSUMERS.resolve("own-runtime", "target", "image");
    List<String> modules =
        Programs.run(folder, "", image.resolve("bin", "java").toString(), "--list-modules");
    assertTrue(
        modules.stream().anyMatch(module -> module.startsWith("jdk.jfr@")), modules::toString);
  }

  @Test
  void logbackLogsWhatThePoolSaysWithTheNameOfTheWorker() throws Exception {
    assertLinesMatch(
        List.of(
            ">> what the program says >>",
            "\\[length-0] DEBUG pool\\.core\\.\\w+: length-0 closed",
            "\\[length-0] DEBUG pool\\.core\\.\\w+: length-0 opened in \\d+ ms",
            ">> more >>"),
        Programs.java(
            folder, "-p", modules("logback"), "-m", "consumer.logback/consumer.logback.Main"));
  }

  /** Short runs: without the compiler that makes long ones fast they take half as long. */
  @Test
  void librariesThatAreLentAPoolGiveItFarMoreTasksThanItHasWorkers() throws Exception {
    assertEquals(
        List.of(
            "caffeine loads 3000",
            "caffeine removals 3000",
            "failsafe 3000",
            "grpc 3000",
            "guava 3000",
            "http client 3000",
            "jdk 3000",
            "jetty 3000",
            "lock 3000",
            "mutiny 3000",
            "netty 3000",
            "reactor 3000",
            "rxjava 3000"),
        Programs.java(
            folder,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            modules("libraries") + "/*",
            "consumer.libraries.Main"));
  }

  /** A JVM for each kind of thread, since the JDK looks for drivers once. */
  @ParameterizedTest
  @ValueSource(strings = {"VIRTUAL", "PLATFORM"})
  void anExecutableJarHasDriversForItsWorkersPluginsForAnyThreadAndAPoolForItsCalls(String threads)
      throws Exception {
    assertEquals(
        List.of(
            "calls 3000 on [async-0, async-1]",
            "in a process FROM THE JAR",
            "plugin for main LAUNCHEDCLASSLOADER",
            "plugin for the common pool APPCLASSLOADER",
            "queries [42, text]"),
        Programs.java(
            folder,
            "-XX:TieredStopAtLevel=1",
            "-jar",
            CONSUMERS.resolve("boot", "target", "boot-1.jar").toString(),
            threads));
  }
}
