package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the programs in {@code examples} have printed when the build ran them. */
class ExamplesIT {

  private static List<String> log(String example) throws Exception {
    return Files.readAllLines(Path.of(System.getProperty("examples"), example, "build.log"));
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
        log.contains("[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0"), log::toString);
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
