package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the programs in {@code examples} have printed when the build ran them. */
class ExamplesIT {

  private static List<String> log(String example) throws Exception {
    return Files.readAllLines(Path.of(System.getProperty("examples"), example, "build.log"));
  }

  /** A folder of one file, and a file that is not there. */
  @Test
  void everyFileHasItsChecksumAndEveryWorkerCloses() throws Exception {
    List<String> log = log("plain");
    assertTrue(log.contains("src/no such file cannot be read: NoSuchFileException"), log::toString);
    assertTrue(log.contains("4 workers, 1 files"), log::toString);
    assertEquals(
        4,
        log.stream().filter(line -> line.matches("checksums-\\d closes")).count(),
        log::toString);
  }

  @Test
  void theProgramInKotlinRunsAndItsPageShowsIt() throws Exception {
    List<String> log = log("kotlin");
    assertTrue(log.contains("1 checksums"), log::toString);
    assertTrue(log.contains("of 64 digits"), log::toString);
    assertTrue(
        log.contains("[failed: java.nio.file.NoSuchFileException: no such file]"), log::toString);
    String page = Files.readString(Path.of("../docs/kotlin.md"));
    String program = Files.readString(Path.of("../examples/kotlin/src/main/kotlin/Checksums.kt"));
    Matcher region = Pattern.compile("// @start region=.*\\n((?s:.*?))// @end").matcher(program);
    int regions = 0;
    while (region.find()) {
      assertTrue(page.contains("```kotlin\n" + region.group(1) + "```"), region.group(1));
      regions++;
    }
    assertEquals(5, regions);
  }

  /** Where there is a Gradle. */
  @Test
  void thePlainProgramIsBuiltByGradleToo() throws Exception {
    Path project = Path.of(System.getProperty("examples"), "plain");
    Shell shell =
        new Shell(
            project, Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", System.getProperty("java.home")));
    assumeTrue(shell.end("gradle --version").status() == 0, "there is no Gradle");
    Shell.Ended ended =
        shell.end(
            "gradle --no-daemon --gradle-user-home build/gradle -Dmaven.repo.local="
                + System.getProperty("repository")
                + " run");
    assertEquals(0, ended.status(), ended::toString);
    assertTrue(ended.out().contains("4 workers, 1 files"), ended::toString);
  }

  @Test
  void manyNotesShareTheirTransactionsAndABadOneFailsAlone() throws Exception {
    List<String> log = log("group-commit");
    assertTrue(
        log.contains("wrote 3136 notes, refused 64, in fewer transactions than notes: true"),
        log::toString);
  }

  @Test
  void aPluginIsReplacedUnderLoadAndAVersionThatCannotOpenChangesNothing() throws Exception {
    List<String> log = log("hot-swap");
    assertTrue(log.contains("version 2: 4 workers replaced, 0 left"), log::toString);
    assertTrue(
        log.contains("version -1: 0 workers replaced, 4 left: no price list of this version"),
        log::toString);
    assertTrue(log.contains("requests failed: 0, with an outdated price: 0"), log::toString);
  }

  /** Its own test stops it while a request waits for the database. */
  @Test
  void aServiceOfSpringBootStoresNotesAndStopsAfterItsRequests() throws Exception {
    List<String> log = log("spring");
    assertTrue(
        log.contains("[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0"), log::toString);
  }

  @Test
  void aCrashOfNativeCodeCostsOneJobAndOneWorker() throws Exception {
    List<String> log = log("processes");
    assertTrue(log.contains("word: 4"), log::toString);
    assertTrue(
        log.stream()
            .anyMatch(line -> line.startsWith("crash: the process of") && line.contains("SIGSEGV")),
        log::toString);
    assertTrue(log.contains("and one more: 8"), log::toString);
    assertTrue(log.stream().anyMatch(line -> line.endsWith("died=1, killed=0]")), log::toString);
  }
}
