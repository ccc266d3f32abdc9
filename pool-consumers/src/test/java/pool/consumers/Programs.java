package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs as processes, without any environment: no PATH, no JAVA_HOME. */
final class Programs {

  private Programs() {}

  /** The lines on the standard output of a program, sorted, when it has ended with status 0. */
  static List<String> run(Path folder, String input, String... command) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().clear();
    Process process = builder.start();
    try (Writer in = process.outputWriter()) {
      in.write(input);
    }
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> command[0] + " does not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(out) + Files.readString(err));
    return Files.readAllLines(out).stream().sorted().toList();
  }

  /** The same of a Java program, on the Java that runs the test. */
  static List<String> java(Path folder, String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    return run(folder, "", command);
  }
}
