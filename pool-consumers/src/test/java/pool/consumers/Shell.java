package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Runs the commands of a page as somebody does who follows it word for word: by a shell, in a
 * folder, with an environment of which nothing but this is set.
 */
record Shell(Path folder, Map<String, String> environment) {

  /** How a command ended, and what it printed. */
  record Ended(int status, List<String> out, List<String> err) {}

  Shell {
    environment = new HashMap<>(environment);
    environment.putIfAbsent("HOME", System.getProperty("user.home"));
    environment.putIfAbsent("LC_ALL", "C.UTF-8");
  }

  Ended end(String command) throws Exception {
    Path out = Files.createTempFile("out", "");
    Path err = Files.createTempFile("err", "");
    try {
      ProcessBuilder builder =
          new ProcessBuilder("sh", "-c", command)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      Process process = builder.start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(14, TimeUnit.MINUTES); // the README whole takes most
      process.descendants().forEach(ProcessHandle::destroy); // what it left in the background
      process.destroyForcibly();
      assertTrue(ended, () -> command + " does not end: " + tail(out) + tail(err));
      return new Ended(process.exitValue(), lines(out), lines(err));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static List<String> tail(Path file) {
    try {
      List<String> lines = lines(file);
      return lines.subList(Math.max(0, lines.size() - 20), lines.size());
    } catch (IOException e) {
      return List.of(e.toString());
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.readString(file).lines().toList();
  }

  /** What it printed, when it has ended with status 0. */
  List<String> run(String command) throws Exception {
    Ended ended = end(command);
    assertEquals(0, ended.status(), () -> command + "\n" + String.join("\n", ended.out()) + ended);
    return ended.out();
  }

  /** The commands of a page: the blocks that are indented by four blanks. */
  static List<String> commands(Path page) throws IOException {
    return commands(Files.readAllLines(page));
  }

  /** Those of one section, which begins with that heading. */
  static List<String> commands(Path page, String heading) throws IOException {
    List<String> lines = Files.readAllLines(page);
    List<String> section = lines.subList(lines.indexOf(heading) + 1, lines.size());
    return commands(section.stream().takeWhile(line -> !line.startsWith("## ")).toList());
  }

  private static List<String> commands(List<String> lines) {
    List<String> commands = new ArrayList<>();
    StringBuilder command = new StringBuilder();
    boolean code = false;
    for (String line : lines) {
      code ^= line.startsWith("```");
      if (!code && line.startsWith("    ") && !line.isBlank()) {
        command.append(line.substring(4)).append('\n');
        if (!line.endsWith("\\")) {
          commands.add(command.toString().strip());
          command.setLength(0);
        }
      }
    }
    return commands;
  }
}
