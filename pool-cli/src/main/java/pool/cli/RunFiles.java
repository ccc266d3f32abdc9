package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The files of {@code pool run}, all different: options of the command. */
final class RunFiles {

  private static final String STANDARD = "-";

  /** Names of standard input; opening them again would begin at the beginning of a file. */
  private static final Set<String> INPUTS = Set.of("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0");

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
      names = "--sync",
      description = "have each outcome on the disk before its worker begins another job")
  boolean sync;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "where to write what each worker did when, for Perfetto or chrome://tracing")
  @Nullable String trace;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "where to write a page of HTML about the run: command line, workers, times, slowest jobs,"
              + " failures")
  @Nullable String report;

  @Option(
      names = "--options",
      paramLabel = "FILE",
      description =
          "more options of the factory, a line KEY=VALUE each: here secrets are not in the process"
              + " table, as on the command line")
  @Nullable String options;

  private @Nullable OpenFiles open;
  private final List<Check> checks = new ArrayList<>();

  /** Checks that only we use a file that is to be written. */
  private record Check(String name, Output.Check check) {}

  RunFiles() {}

  private OpenFiles open() {
    OpenFiles files = open;
    if (files == null) {
      throw new IllegalStateException("look came first");
    }
    return files;
  }

  /** Notes which files the process was given, before it opens any. */
  void look() {
    OpenFiles files = new OpenFiles();
    open = files;
    files
        .conflictOfStandardInput()
        .ifPresent(other -> {
          if (files.errorIsInput()) {
            System.setErr(System.out); // the message must not become a part of the input
          }
          throw new BadUsageException(
              "standard input and " + other + " are the same file; name another", null);
        });
    OpenFiles planned = new OpenFiles(files);
    plan(planned, isStandardInput() ? null : input, "the input", false);
    plan(planned, writesToStandardOutput() ? null : output, "the output", true);
    plan(planned, trace, "the trace", true);
    plan(planned, report, "the report", true);
    plan(planned, options, "the file of options", false);
  }

  /** Checks before any file is opened, since opening a pipe may wait for its other end. */
  private static void plan(OpenFiles planned, @Nullable String name, String what, boolean written) {
    if (name == null || name.equals(STANDARD)) {
      return;
    }
    try {
      Path path = Names.path(name);
      requireNo(planned.conflict(path, written));
      planned.add(what, path, written);
    } catch (IOException | RuntimeException e) {
      throw written ? cannotWrite(name, e) : cannotRead(name, e);
    }
  }

  InputStream in() {
    try {
      if (isStandardInput()) {
        return StandardStreams.input();
      }
      Path path = Names.path(input);
      if (Files.isDirectory(path)) {
        throw new IOException("it is a folder");
      }
      requireNo(open().conflict(path, false));
      InputStream in = Files.newInputStream(path);
      open().add("the input", path, false);
      return in;
    } catch (IOException | RuntimeException e) {
      throw cannotRead(input, e);
    }
  }

  /** The options in the file, which is UTF-8; none without a file. */
  Map<String, String> options() {
    if (options == null) {
      return Map.of();
    }
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(Names.path(options))) {
      properties.load(in);
    } catch (IOException | RuntimeException e) {
      throw cannotRead(options, e);
    }
    Map<String, String> read = new TreeMap<>();
    properties.stringPropertyNames().forEach(name -> read.put(name, properties.getProperty(name)));
    return read;
  }

  static BadUsageException cannotRead(String name, Exception e) {
    return new BadUsageException("cannot read '" + name + "': " + reason(e), e);
  }

  private static void requireNo(Optional<String> conflict) throws IOException {
    if (conflict.isPresent()) {
      throw new IOException("it is " + conflict.get() + "; name another file");
    }
  }

  private boolean isStandardInput() {
    return input.equals(STANDARD) || INPUTS.contains(input);
  }

  /** The file of the input; empty for standard input. */
  Optional<Path> inputFile() {
    return isStandardInput() ? Optional.empty() : Optional.of(Names.path(input));
  }

  /** An input file that can be read at once, and twice; empty for all other input. */
  Optional<Path> regularInput() {
    return inputFile().filter(Files::isRegularFile);
  }

  /** The input once more, if it can be read twice. */
  Optional<InputStream> inputAgain() throws IOException {
    Optional<Path> file = regularInput();
    return file.isEmpty() ? Optional.empty() : Optional.of(Files.newInputStream(file.get()));
  }

  /** The content of the output, which is a file. */
  InputStream outputAgain() throws IOException {
    return Files.newInputStream(Names.path(output));
  }

  boolean writesToStandardOutput() {
    return isStandardOutput(output);
  }

  private static boolean isStandardOutput(String name) {
    return name.equals(STANDARD) || Names.isOutput(name);
  }

  Output out() {
    if (writesToStandardOutput()) {
      System.setOut(System.err); // what a plugin prints is not an outcome
      return requireFileToSync(Output.standard());
    }
    return requireFileToSync(file(output, "the output"));
  }

  private Output requireFileToSync(Output out) {
    if (sync && !out.isFile()) {
      throw new BadUsageException("sync is for an output that is a file: add --output", null);
    }
    return out;
  }

  Optional<Output> trace() {
    return Optional.ofNullable(trace).map(name -> file(name, "the trace"));
  }

  Optional<Output> report() {
    return Optional.ofNullable(report).map(name -> file(name, "the report"));
  }

  private Output file(String name, String what) {
    try {
      if (isStandardOutput(name)) {
        throw new IOException("standard output is for outcomes; name a file");
      }
      Path path = Names.path(name);
      requireNo(open().conflict(path, true)); // before opening: a pipe may wait for its reader
      Output.Check isOurs = onceAndForAll(() -> requireOurs(path));
      Output file = Output.file(path, isOurs);
      requireNo(open().conflict(path, true));
      open().add(what, path, true);
      checks.add(new Check(name, isOurs));
      return file;
    } catch (IOException | RuntimeException e) {
      throw cannotWrite(name, e);
    }
  }

  /**
   * Repeats the first refusal: a file that a plugin has used remains the plugin's, even if the
   * plugin closes it before we write the rest.
   */
  private static Output.Check onceAndForAll(Output.Check check) {
    AtomicReference<@Nullable IOException> refused = new AtomicReference<>();
    return () -> {
      IOException before = refused.get();
      if (before != null) {
        throw before;
      }
      try {
        check.run();
      } catch (IOException e) {
        refused.set(e);
        throw e;
      }
    };
  }

  private void requireOurs(Path path) throws IOException {
    if (open().isOpenElsewhere(path)) {
      throw new IOException("a plugin has it open; name another file");
    }
  }

  /** Called when the workers are open, before anything is written. */
  void requireOurs() {
    for (Check check : checks) {
      try {
        check.check.run();
      } catch (IOException e) {
        throw cannotWrite(check.name, e);
      }
    }
  }

  /** Discards the output's content, or its torn end. */
  void begin(Output out, Earlier earlier) {
    try {
      earlier.begin(out);
      if (sync) {
        Output.syncFolderOf(Names.path(output));
      }
    } catch (IOException e) {
      throw cannotWrite(output, e);
    }
  }

  static BadUsageException cannotWrite(String name, Exception e) {
    return new BadUsageException("cannot write '" + name + "': " + reason(e), e);
  }

  private static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "it is not UTF-8; save it so, or write \\uXXXX";
      default -> Printable.reason(e);
    };
  }
}
