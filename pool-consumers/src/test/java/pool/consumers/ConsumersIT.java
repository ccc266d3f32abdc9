package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
