package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the README, as it stands there, with the program that stands there. */
class ReadmeIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath();

  @Test
  void theProgramRunsByTheCommandLineBelowIt(@TempDir Path folder) throws Exception {
    List<String> readme = Files.readAllLines(ROOT.resolve("README.md"));
    Path program = folder.resolve("Digests.java");
    int first = readme.indexOf("```java") + 1;
    List<String> block = readme.subList(first, readme.size());
    Files.write(program, block.subList(0, block.indexOf("```")));
    String command =
        readme.stream()
            .filter(line -> line.startsWith("    ./with-jdk java -cp "))
            .findFirst()
            .orElseThrow();
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", command.replace("Digests.java", program.toString()))
            .directory(ROOT.toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    List<String> lines = process.inputReader().lines().toList();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), Files.readString(folder.resolve("err")));
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.getFirst().startsWith("[7692c3ad"), lines::toString);
  }
}
