package pool.micrometer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that have micrometer-core only, and none of what this module can use besides. */
@Timeout(60)
class OptionalDependenciesTest {

  private static final Pattern NEEDED =
      Pattern.compile(
          ".*(pool-(core|api|micrometer)/target/(classes|[^/]*\\.jar)"
              + "|/(micrometer-(core|commons|observation)|slf4j-api|HdrHistogram|LatencyUtils)-[^/]*\\.jar)");

  @TempDir Path folder;

  private static String needed() {
    return Stream.of("jdk.module.path", "java.class.path")
        .flatMap(path -> Stream.of(System.getProperty(path, "").split(File.pathSeparator)))
        .filter(entry -> NEEDED.matcher(entry.replace('\\', '/')).matches())
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }

  private String run(String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    command.add("alone.OnlyCore");
    Path output = folder.resolve("out");
    Path errors = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    assertTrue(process.waitFor(30, SECONDS));
    assertEquals(0, process.exitValue(), () -> command + "\n" + text(errors));
    return text(output);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theModulePathNeedsMicrometerCoreOnly() throws Exception {
    String output =
        run(
            "--module-path", needed(),
            "--add-modules", "pool.micrometer",
            "--class-path", Path.of("target/test-classes").toString());
    assertEquals("module pool.micrometer: 3 runs, 3 jobs, 1 batches", output);
  }

  @Test
  void theClassPathNeedsMicrometerCoreOnly() throws Exception {
    String output = run("--class-path", needed() + File.pathSeparator + "target/test-classes");
    assertTrue(output.endsWith(": 3 runs, 3 jobs, 1 batches"), output);
  }
}
