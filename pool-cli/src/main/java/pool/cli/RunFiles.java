package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The files of {@code pool run}, each another: options of the command. */
final class RunFiles {

  private static final String STANDARD = "-";

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "where to read lines, - for standard input (default: -)")
  String input = STANDARD;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "where to write lines, - for standard output (default: -)")
  String output = STANDARD;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "where to write what each worker did when, for Perfetto or chrome://tracing")
  @Nullable String trace;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "where to write a page of HTML about the run: workers, times, slowest jobs, failures")
  @Nullable String report;

  private final List<Path> written = new ArrayList<>();

  RunFiles() {}

  InputStream in() {
    try {
      if (input.equals(STANDARD)) {
        return StandardStreams.input();
      }
      Path path = Names.path(input);
      if (Files.isDirectory(path)) {
        throw new IOException("it is a folder");
      }
      return Files.newInputStream(path);
    } catch (IOException | RuntimeException e) {
      throw new BadUsageException("cannot read '" + input + "': " + reason(e), e);
    }
  }

  /** Empty for standard input. */
  Optional<Path> inputFile() {
    return input.equals(STANDARD) ? Optional.empty() : Optional.of(Names.path(input));
  }

  boolean writesToStandardOutput() {
    return output.equals(STANDARD);
  }

  Output out() {
    if (writesToStandardOutput()) {
      System.setOut(System.err); // what a plugin prints is no outcome
      return Output.standard();
    }
    return file(output);
  }

  Optional<Output> trace() {
    return Optional.ofNullable(trace).map(this::file);
  }

  Optional<Output> report() {
    return Optional.ofNullable(report).map(this::file);
  }

  private Output file(String name) {
    try {
      if (name.equals(STANDARD)) {
        throw new IOException("standard output is for outcomes; name a file");
      }
      Path path = Names.path(name);
      if (Files.isRegularFile(path)) {
        if (!input.equals(STANDARD) && Files.isSameFile(path, Names.path(input))) {
          throw new IOException("it is the input");
        }
        for (Path other : written) {
          if (Files.isSameFile(path, other)) {
            throw new IOException("it is written already; name another file");
          }
        }
      }
      Output file = Output.file(path);
      written.add(path);
      return file;
    } catch (IOException | RuntimeException e) {
      throw new BadUsageException("cannot write '" + name + "': " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }
}
