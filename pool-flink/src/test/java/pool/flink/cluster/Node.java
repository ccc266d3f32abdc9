package pool.flink.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One of Flink's processes: a JVM with a folder of its own for configuration, log and temporary
 * files.
 */
final class Node implements AutoCloseable {

  /** What Flink's serializers and network stack look into by reflection. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.reflect",
          "java.net",
          "java.nio",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "sun.nio.ch");

  private final String name;
  private final Path folder;
  private final Process process;

  private Node(String name, Path folder, Process process) {
    this.name = name;
    this.folder = folder;
    this.process = process;
  }

  /** Starts one of Flink's entry points; it is not ready yet. */
  static Node start(
      String name,
      Path folder,
      String entryPoint,
      List<Path> classPath,
      String heap,
      Map<String, String> settings)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.yaml"),
        settings.entrySet().stream()
            .map(setting -> setting.getKey() + ": " + setting.getValue() + "\n")
            .collect(Collectors.joining()));
    return start(
        name, folder, entryPoint, classPath, heap, List.of("--configDir", folder.toString()));
  }

  /** Starts a main class with these arguments. */
  static Node start(
      String name,
      Path folder,
      String main,
      List<Path> classPath,
      String heap,
      List<String> arguments)
      throws IOException {
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    List<String> command = new ArrayList<>(java(heap));
    command.add("-Djava.io.tmpdir=" + temporary);
    command.add("-Dlog.file=" + folder.resolve("log"));
    command.add("-cp");
    command.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.addAll(List.of(Leash.class.getName(), main));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    return new Node(name, folder, process);
  }

  /** The command for a JVM that Flink runs in. */
  static List<String> java(String heap) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms64m", "-Xmx" + heap, "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    OPENED.forEach(opened -> command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED"));
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    return command;
  }

  String name() {
    return name;
  }

  /** Its working directory. */
  Path folder() {
    return folder;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** {@code kill -9}. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** SIGTERM. */
  void terminate() {
    process.toHandle().destroy();
  }

  /** Waits for its end. */
  void awaitEnd(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(name + " has not ended within " + atMost + ":\n" + log());
    }
  }

  /** Its last lines. */
  String log() {
    try {
      List<String> lines = Files.readString(folder.resolve("log"), UTF_8).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    } catch (IOException e) {
      return "its log cannot be read: " + e;
    }
  }

  @Override
  public void close() {
    kill();
    process.onExit().join();
  }
}
