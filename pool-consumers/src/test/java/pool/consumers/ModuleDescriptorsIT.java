package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a module says of itself is what others depend on. Each installed one has a file in {@code
 * src/test/golden}, so that a change is seen, and meant.
 */
class ModuleDescriptorsIT {

  private static final Path INSTALLED = Path.of(System.getProperty("repository"), "pool");
  private static final Path GOLDEN = Path.of("src", "test", "golden");
  private static final Path ACTUAL = Path.of("target", "golden");

  static List<Path> installedModules() throws IOException {
    try (Stream<Path> files = Files.walk(INSTALLED)) {
      return files
          .filter(file -> file.toString().endsWith(".jar"))
          .filter(jar -> isNamed(jar))
          .toList();
    }
  }

  private static boolean isNamed(Path jar) {
    return ModuleFinder.of(jar).findAll().stream().noneMatch(m -> m.descriptor().isAutomatic());
  }

  @ParameterizedTest
  @MethodSource("installedModules")
  void aModuleSaysWhatItsGoldenFileSays(Path jar) throws IOException {
    String description = describe(jar);
    String file = description.lines().findFirst().orElseThrow() + ".txt";
    Path golden = GOLDEN.resolve(file);
    Path actual = Files.createDirectories(ACTUAL).resolve(file);
    Files.writeString(actual, description);
    assertEquals(
        Files.exists(golden) ? Files.readString(golden) : "no golden file",
        description,
        "if it is meant: (cd pool-consumers && cp %s %s)".formatted(actual, golden));
  }

  /** As {@code jar --describe-module}, without version and place, and sorted. */
  private static String describe(Path jar) {
    StringWriter out = new StringWriter();
    try (PrintWriter writer = new PrintWriter(out)) {
      ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
      assertEquals(0, tool.run(writer, writer, "--describe-module", "--file", jar.toString()));
    }
    List<String> lines = out.toString().lines().toList();
    String name = lines.getFirst().replaceFirst("[@ ].*", "");
    return lines.stream()
        .skip(1)
        .filter(line -> !line.isBlank())
        .sorted()
        .collect(Collectors.joining("\n", name + "\n", "\n"));
  }
}
