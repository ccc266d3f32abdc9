package pool.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import pool.cli.Image.Ended;

/**
 * Commands as a shell runs them, in a folder, for what Java cannot say: names of any bytes, closed
 * descriptors. {@code $POOL} is the image's command. The scripts are ASCII, and so in any locale
 * the same.
 */
final class Shell {

  private final Path folder;

  Shell(Path folder) {
    this.folder = folder;
  }

  Ended run(String script) throws Exception {
    return run(script, Map.of());
  }

  Ended run(String script, Map<String, String> environment) throws Exception {
    return end(start(script, environment));
  }

  Process start(String script, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", script)
            .directory(folder.toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().put("POOL", Image.POOL.toAbsolutePath().toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  Ended end(Process process) throws Exception {
    assertTrue(process.waitFor(90, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), lines("out"), lines("err"));
  }

  List<String> lines(String file) throws IOException {
    return new String(Files.readAllBytes(folder.resolve(file)), StandardCharsets.UTF_8)
        .lines()
        .toList();
  }

  /** The shells that are here and may be what /bin/sh is. */
  static List<String> shells() throws Exception {
    List<String> shells = new ArrayList<>();
    for (String sh : List.of("dash", "bash --posix", "busybox sh")) {
      Process process = new ProcessBuilder("sh", "-c", sh + " -c true 2>/dev/null").start();
      if (process.waitFor() == 0) {
        shells.add(sh);
      }
    }
    return shells;
  }
}
