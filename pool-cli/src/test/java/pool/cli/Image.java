package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The linked image, run as a process in a folder, which gets a file {@code err}. */
final class Image {

  /** Factories that the image itself has. */
  static final int FACTORIES = 4;

  static final Path POOL = Path.of(System.getProperty("pool.image"), "bin", "pool");

  record Ended(int status, List<String> out, List<String> err) {
    /** The output, each line without what differs from run to run. */
    List<String> plain() {
      return out.stream().map(Json::plain).toList();
    }

    long count(String regex) {
      Pattern pattern = Pattern.compile(regex);
      return err.stream().filter(line -> pattern.matcher(line).find()).count();
    }
  }

  private final Path folder;
  private final String javaOptions;

  Image(Path folder) {
    this(folder, "");
  }

  Image(Path folder, String javaOptions) {
    this.folder = folder;
    this.javaOptions = javaOptions;
  }

  Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(POOL.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile());
    builder.environment().put("POOL_JAVA_OPTIONS", javaOptions);
    return builder.start();
  }

  Ended end(Process process) throws Exception {
    try (BufferedReader reader = process.inputReader()) {
      return end(process, reader.lines().toList());
    }
  }

  /** Of a process whose output was read. */
  Ended end(Process process, List<String> out) throws Exception {
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), out, Files.readAllLines(folder.resolve("err")));
  }

  Ended run(String input, String... args) throws Exception {
    Process process = start(args);
    try (Writer in = process.outputWriter()) {
      in.write(input);
    } catch (IOException e) {
      // it has ended without reading
    }
    return end(process);
  }

  /** By name: Java itself sends only SIGTERM and SIGKILL. */
  static void signal(Process process, String name) throws Exception {
    String[] kill = {"kill", "-" + name, Long.toString(process.pid())};
    assertEquals(0, new ProcessBuilder(kill).inheritIO().start().waitFor());
  }

  /** As what a shell runs in the background does. */
  static boolean ignoresInterrupts(Process process) throws Exception {
    return isIn("SigIgn", process, 2);
  }

  /** Whether a set of signals of a process has one; false where the system shows none. */
  static boolean isIn(String set, Process process, int signal) throws Exception {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith(set + ":"))
            .map(line -> line.substring(set.length() + 1).strip())
            .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & 1L << (signal - 1)) != 0);
  }
}
