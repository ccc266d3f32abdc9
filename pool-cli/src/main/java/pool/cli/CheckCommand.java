package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pool.cli.input.InputLine;
import pool.cli.input.LineSource;
import pool.cli.input.Lines;
import pool.cli.outcome.Entry;
import pool.cli.outcome.KnownLines;
import pool.cli.outcome.Outcome;
import pool.cli.outcome.OutcomeReader;

/** {@code pool check}. */
@Command(
    name = "check",
    description = {
      "Says what an output of 'pool run' holds: how many lines succeeded, failed and why, or have no",
      "outcome. Its status is 0 only when each line has succeeded, once."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class CheckCommand implements Callable<Integer> {

  private static final int MOST_NUMBERS = 5; // of lines that are named
  private static final int MOST_REASONS = 10;

  @Parameters(index = "0", paramLabel = "FILE", description = "what 'pool run' has written")
  @SuppressWarnings("NullAway.Init")
  Path file;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "what it has read, each line of which should have an outcome")
  @Nullable Path input;

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  private final KnownLines known = new KnownLines();

  CheckCommand() {}

  /** The lines of an input, and which of them are not those that the outcomes are about. */
  private record Read(long lines, List<Long> changed) {}

  @Override
  public Integer call() {
    OutcomeReader.Extent extent = read(known::add);
    Read read = input == null ? new Read(known.last(), List.of()) : read(input);
    long lines = Math.max(read.lines, known.last());
    long missing = lines - known.size();
    long beyond = known.last() > read.lines ? known.last() : 0;
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-11s %d%s%n", "lines", lines, input == null ? ", or more: see --input" : "");
    for (Outcome outcome : Outcome.values()) {
      out.printf("%-11s %d%n", outcome.word(), known.count(outcome));
    }
    tell(out, "no outcome", missing, known.missing(lines, MOST_NUMBERS));
    tell(out, "doubles", known.doubles(), known.doubles(MOST_NUMBERS));
    if (input != null) {
      tell(out, "changed", read.changed.size(), read.changed);
    }
    if (beyond > 0) {
      out.printf("the input has %d lines, and line %d has an outcome%n", read.lines, beyond);
    }
    if (extent.torn() > 0) {
      out.printf(
          "its end is torn: %s of no whole line; --resume cuts that%n",
          Times.count(extent.torn(), "byte", "bytes"));
    }
    failures().stream().limit(MOST_REASONS).forEach(group -> tell(out, group));
    boolean isAll =
        known.count(Outcome.SUCCEEDED) == lines
            && known.doubles() == 0
            && read.changed.isEmpty()
            && beyond == 0
            && extent.torn() == 0;
    return isAll ? Main.OK : Main.FAILED;
  }

  private static void tell(PrintWriter out, String what, long count, List<Long> lines) {
    String numbers =
        lines.stream()
            .limit(MOST_NUMBERS)
            .map(String::valueOf)
            .collect(Collectors.joining(", ", " (line ", count > MOST_NUMBERS ? ", ...)" : ")"));
    out.printf("%-11s %d%s%n", what, count, count == 0 ? "" : numbers);
  }

  private static void tell(PrintWriter out, Failures.Group group) {
    Failure first = group.examples.getFirst();
    out.printf(
        "%s, first line %d: %s%n",
        Times.count(group.count, "failure", "failures"), first.line(), first.reason());
  }

  /** Of each line that has failed and not succeeded later, the first. */
  private List<Failures.Group> failures() {
    Failures failures = new Failures();
    if (known.count(Outcome.FAILED) > 0) {
      read(entry -> {
        boolean isLeft =
            entry.outcome() == Outcome.FAILED && known.of(entry.line()) == Outcome.FAILED;
        if (isLeft && known.mark(entry.line())) {
          String reason = String.valueOf(entry.reason());
          failures.add(new Failure(entry.line(), entry.text(), "", reason));
        }
      });
    }
    return failures.groups();
  }

  private OutcomeReader.Extent read(Consumer<Entry> entries) {
    requireFile(file);
    try (InputStream in = Files.newInputStream(file)) {
      return OutcomeReader.read(in, entries);
    } catch (IOException e) {
      throw RunFiles.cannotRead(file.toString(), e);
    }
  }

  private Read read(Path path) {
    List<Long> changed = new ArrayList<>();
    long last = 0;
    try (InputStream in = Files.newInputStream(path)) {
      LineSource lines = new Lines(in, 1);
      for (InputLine line = lines.next(); line != null; line = lines.next()) {
        last = line.number();
        if (!known.isSame(line)) {
          changed.add(last);
        }
      }
    } catch (IOException e) {
      throw RunFiles.cannotRead(path.toString(), e);
    }
    return new Read(last, changed);
  }

  /** It may be read twice. */
  private static void requireFile(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new BadUsageException("cannot read '" + path + "': it is no file", null);
    }
  }
}
