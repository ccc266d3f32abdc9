package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.cli.Image.Ended;

/** The image needs no temporary folder, and leaves nothing in one. */
@Timeout(120)
class NothingUnpackedIT {

  @TempDir Path folder;

  private Path temporary;
  private Image pool;

  @BeforeEach
  void image() throws IOException {
    temporary = Files.createDirectory(folder.resolve("temporary"));
    pool = new Image(folder, "-Djava.io.tmpdir=" + temporary);
  }

  private void assertNothingLeft() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private int shell(String command) throws Exception {
    return new ProcessBuilder("sh", "-c", command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  @Test
  void nothingIsRunFromTheTemporaryFolder() throws Exception {
    assumeTrue(
        shell("mount -t tmpfs -o noexec,size=10m tmpfs temporary") == 0,
        "only root may mount a folder");
    try {
      Ended ended = pool.run("SELECT 1\n", "run", "query", "-o", "writable=true", "--workers", "1");
      assertEquals(0, ended.status(), ended::toString);
      assertEquals(1, ended.err().size(), ended::toString);
      assertNothingLeft();
    } finally {
      assertEquals(0, shell("umount temporary"));
    }
  }

  @Test
  void aRunThatIsKilledLeavesNothing() throws Exception {
    Path performance =
        Path.of("/tmp/hsperfdata_" + System.getProperty("user.name")); // always there, says the JVM
    Process process = pool.start("run", "query", "-o", "writable=true", "--workers", "2");
    Writer in = process.outputWriter();
    in.write("SELECT 1\n");
    in.flush();
    assertTrue(process.inputReader().readLine().contains("succeeded"));
    assertNothingLeft();
    assertTrue(Files.notExists(performance.resolve(Long.toString(process.pid()))));
    Image.signal(process, "KILL");
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertNothingLeft();
  }

  /** Whoever writes nothing needs no place to write either. */
  @Test
  void itRunsWithoutATemporaryFolder() throws Exception {
    Files.delete(temporary);
    Ended ended = pool.run("SELECT 1\n", "run", "query", "-o", "writable=true", "--workers", "1");
    assertEquals(0, ended.status(), ended::toString);
  }
}
