package pool.core;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import pool.api.Worker;

/** A program of the tests in a JVM of its own, on the class path. */
final class ChildJvm {

  private ChildJvm() {}

  /** How it ended, what it printed, and what it or the JVM complained of. */
  record Ended(int status, List<String> lines, List<String> errors) {
    long count(String prefix) {
      return lines.stream().filter(line -> line.startsWith(prefix)).count();
    }
  }

  /** Runs it to its end; sends it SIGTERM when it prints "ready". */
  static Ended run(List<String> options, Class<?> program, String... args) throws Exception {
    return run(List.of(), options, program, args);
  }

  /** The same, as the last arguments of another command. */
  static Ended run(List<String> by, List<String> options, Class<?> program, String... args)
      throws Exception {
    return run(by, options, List.of(jar(Logger.class)), program, args);
  }

  /** The same, with other jars for the log. */
  static Ended run(
      List<String> by, List<String> options, List<String> logging, Class<?> program, String... args)
      throws Exception {
    List<String> command = new ArrayList<>(by);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(logging), program.getName()));
    command.addAll(List.of(args));
    Path errors = Files.createTempFile("errors", ".txt");
    try {
      return run(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
    } finally {
      Files.delete(errors);
    }
  }

  private static Ended run(Process child, Path errors) throws Exception {
    // One that hangs ends the reading below, which no time-out of a test can interrupt.
    CompletableFuture.delayedExecutor(100, TimeUnit.SECONDS).execute(child::destroyForcibly);
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = child.inputReader()) {
      String line;
      while ((line = out.readLine()) != null) {
        lines.add(line);
        if (line.equals("ready")) {
          child.toHandle().destroy(); // SIGTERM; Process.destroy would close the stream
        }
      }
    }
    assertTrue(child.waitFor(20, TimeUnit.SECONDS));
    return new Ended(child.exitValue(), lines, Files.readAllLines(errors));
  }

  private static String classPath(List<String> logging) throws Exception {
    List<String> parts = new ArrayList<>();
    for (Class<?> type : List.of(Worker.class, WorkerPool.class, ChildJvm.class)) {
      parts.add(jar(type));
    }
    // Classes of the module that the tests patch all claim to come from the module itself.
    parts.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    parts.addAll(logging);
    return String.join(File.pathSeparator, parts);
  }

  private static String jar(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
