package guide;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import pool.api.Worker;
import pool.core.WorkerPool;

/** Programs in a JVM of their own, and what they need. */
final class Programs {

  /** Where the snippets are that are no part of the tests' module. */
  static final Path SNIPPETS = Path.of("src/test/snippets").toAbsolutePath();

  private Programs() {}

  /** How it ended, and what it printed, first to one stream and then to the other. */
  record Ended(int status, List<String> lines) {}

  /** Runs a source file of the snippets. */
  static Ended java(Path folder, List<String> options, String file, String... args)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add(SNIPPETS.resolve(file).toString());
    command.addAll(List.of(args));
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process child =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(child.waitFor(60, TimeUnit.SECONDS));
    List<String> lines = new ArrayList<>(Files.readAllLines(out));
    lines.addAll(Files.readAllLines(err));
    return new Ended(child.exitValue(), lines);
  }

  /** The pool, what it needs, and more, as a path for classes or for modules. */
  static String path(Path... more) throws Exception {
    List<Path> parts = new ArrayList<>();
    for (Class<?> type : List.of(Worker.class, WorkerPool.class, Logger.class)) {
      parts.add(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()));
    }
    return Stream.concat(parts.stream(), Stream.of(more))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }
}
