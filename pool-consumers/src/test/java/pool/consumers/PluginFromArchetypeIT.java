package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the plugin that was made from the archetype on the runtime image, as its README says. */
class PluginFromArchetypeIT {

  private static final String POOL =
      Path.of(System.getProperty("pool.image"), "bin", "pool").toString();

  private static final String TARGET =
      Path.of(
              System.getProperty("consumers"),
              "plugin-from-archetype",
              "journal",
              "target",
              "plugins")
          .toString();

  @TempDir Path folder;

  @Test
  void theRuntimeListsItAmongItsOwn() throws Exception {
    List<String> lines = Programs.run(folder, "", POOL, "list", "--plugins", TARGET);
    assertEquals(
        List.of("download", "journal", "note", "query"),
        lines.stream().map(line -> line.split(" ", 2)[0]).toList());
  }

  @Test
  void theRuntimeDescribesItsOption() throws Exception {
    List<String> lines = Programs.run(folder, "", POOL, "describe", "journal", "--plugins", TARGET);
    assertTrue(lines.stream().anyMatch(line -> line.contains("folder")), lines::toString);
  }

  @Test
  void theRuntimeRunsIt() throws Exception {
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"one\",\"outcome\":\"succeeded\",\"result\":3}",
            "{\"line\":2,\"job\":\"three\",\"outcome\":\"succeeded\",\"result\":5}"),
        Programs.run(
            folder,
            "one\nthree\n",
            POOL,
            "run",
            "journal",
            "--plugins",
            TARGET,
            "-o",
            "folder=" + folder,
            "--workers",
            "1"));
    assertEquals(List.of("one", "three"), Files.readAllLines(folder.resolve("journal-0.txt")));
  }
}
