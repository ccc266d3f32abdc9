package pool.plugins.compress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
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

  private List<String> pool(Path input, String... args) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("pool.image"), "bin", "pool").toString()));
    command.addAll(List.of(args));
    command.addAll(List.of("--plugins", PLUGINS));
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectInput(input.toFile()).redirectError(err.toFile());
    Path none = folder.resolve("none"); // nothing can be unpacked
    builder.environment().put("POOL_JAVA_OPTIONS", "-Djava.io.tmpdir=" + none);
    Process process = builder.start();
    List<String> lines = process.inputReader().lines().toList();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), () -> lines + read(err));
    return lines;
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
    List<String> described = pool(input, "describe", "compress");
    assertTrue(String.join("\n", described).contains("from 1 to 22"), described::toString);
    List<String> outcomes = pool(input, "run", "compress", "--workers", "4");
    String err = read(folder.resolve("err"));
    assertFalse(err.contains("restricted method"), err); // so the JVM warns of native access
    assertEquals(files.size(), outcomes.size());
    for (Path file : files) {
      try (var in = new ZstdInputStream(Files.newInputStream(Path.of(file + ".zst")))) {
        assertEquals(Files.readString(file), new String(in.readAllBytes()));
      }
    }
  }
}
