package pool.plugins.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The folder that the build makes, given to the runtime image, which lacks the native library. */
@Timeout(60)
class PluginDirectoryIT {

  private static final String PLUGINS = System.getProperty("plugins.directory");

  @TempDir Path folder;

  private ProcessBuilder pool(Path temporary, String... args) {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("pool.image"), "bin", "pool").toString()));
    command.addAll(List.of(args));
    command.addAll(List.of("--plugins", PLUGINS));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
    builder.environment().put("POOL_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary);
    return builder;
  }

  /** What it prints where nothing can be unpacked. */
  private List<String> printed(Path input, String... args) throws Exception {
    Process process = pool(folder.resolve("none"), args).redirectInput(input.toFile()).start();
    List<String> lines = process.inputReader().lines().toList();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), () -> lines + err());
    return lines;
  }

  /** Without what the JVM says of the temporary folder that is not there. */
  private String err() {
    return read(folder.resolve("err"))
        .replace("WARNING: java.io.tmpdir directory does not exist", "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void theImageRunsAPluginWithANativeLibraryThatItLacks() throws Exception {
    Path input = folder.resolve("input");
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      files.add(Files.writeString(folder.resolve("file" + i), "text of file ".repeat(100 * i)));
    }
    Files.write(input, files.stream().map(Path::toString).toList());
    List<String> described = printed(input, "describe", "compress");
    assertTrue(String.join("\n", described).contains("from 1 to 22"), described::toString);
    List<String> outcomes = printed(input, "run", "compress", "--workers", "4");
    assertFalse(err().contains("WARNING"), this::err); // of the JVM, about native access
    assertEquals(files.size(), outcomes.size());
    for (Path file : files) {
      try (var in = new ZstdInputStream(Files.newInputStream(Path.of(file + ".zst")))) {
        assertEquals(Files.readString(file), new String(in.readAllBytes()));
      }
    }
  }

  private void assertSucceeds(Path file, Writer in, BufferedReader out) throws IOException {
    in.write(file + "\n");
    in.flush();
    assertTrue(out.readLine().contains("succeeded"), this::err);
  }

  /** Which has a class loader of its own, while the first still runs. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reads may block
  void workersOfASecondCopyOfThePluginReplaceThoseOfTheFirst() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "text");
    Process process = pool(folder, "run", "compress", "--workers", "2").start();
    try (Writer in = process.outputWriter();
        BufferedReader out = process.inputReader()) {
      assertSucceeds(file, in, out);
      assertEquals(
          0, new ProcessBuilder("kill", "-USR1", Long.toString(process.pid())).start().waitFor());
      while (!err().contains("pool: replaced 2 workers of 'compress'")) {
        assertFalse(err().contains("replaced 0"), this::err);
        Thread.sleep(20);
      }
      assertSucceeds(file, in, out);
    } finally {
      process.destroy();
    }
  }
}
