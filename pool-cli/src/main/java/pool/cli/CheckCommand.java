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
import pool.cli.outcome.Entry;
import pool.cli.outcome.KnownLines;
import pool.cli.outcome.Outcome;
import pool.cli.outcome.OutcomeReader;

/** {@code pool check}. */
@Command(
    name = "check",
    description = {
      "Says how many lines of an output of 'pool run' succeeded or failed, why, and which are missing.",
      "Its status is 0 only when each line has succeeded, once: give --input, too, to know of all."
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

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      description = "of both, as 'pool run' had it: lines, csv or jsonl (default: lines)")
  InputOptions.Format format = InputOptions.Format.LINES;

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  private final KnownLines known = new KnownLines();

  CheckCommand() {}

  /**
   * The lines of an input.
   *
   * @param count how many there are, including those that only the outcomes mention
   * @param last the number of the last one
   * @param missing some of the lines without an outcome, by their numbers
   * @param changed how many lines differ from those that the outcomes are about
   */
  private record Read(
      long count, long last, List<Long> missing, long changed, List<Long> firstChanged) {}

  @Override
  public Integer call() {
    OutcomeReader.Extent extent = read(known::add);
    Read read = input == null ? unread() : read(input);
    long beyond = known.last() > read.last ? known.last() : 0;
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-11s %d%s%n", "lines", read.count, input == null ? ", or more: see --input" : "");
    for (Outcome outcome : Outcome.values()) {
      out.printf("%-11s %d%n", outcome.word(), known.count(outcome));
    }
    tell(out, "no outcome", read.count - known.size(), read.missing);
    tell(out, "doubles", known.doubles(), known.doubles(MOST_NUMBERS));
    if (input != null) {
      tell(out, "changed", read.changed, read.firstChanged);
    }
    if (beyond > 0) {
      out.printf("the input has %d lines, and line %d has an outcome%n", read.last, beyond);
    }
    if (extent.torn() > 0) {
      out.printf(
          "its end is torn: %s of no whole line; --resume cuts that%n",
          Times.count(extent.torn(), "byte", "bytes"));
    }
    List<Failures.Group> failures = failures();
    failures.stream().limit(MOST_REASONS).forEach(group -> tell(out, group));
    if (failures.size() > MOST_REASONS) {
      out.printf("and %d other reasons%n", failures.size() - MOST_REASONS);
    }
    boolean isAll =
        known.count(Outcome.SUCCEEDED) == read.count
            && known.doubles() == 0
            && read.changed == 0
            && (input != null || known.size() > 0)
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
        "%s, first that of %s%n",
        Times.count(group.count, "failure", "failures"), first.reasonWithLine());
  }

  /** The first failure of each line that has failed and not succeeded later. */
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

  /** Without the input, gaps in the numbers show missing lines, but not in CSV. */
  private Read unread() {
    boolean hasGaps = format == InputOptions.Format.CSV;
    long lines = hasGaps ? known.size() : known.last();
    List<Long> missing = hasGaps ? List.of() : known.missing(lines, MOST_NUMBERS);
    return new Read(lines, known.last(), missing, 0, List.of());
  }

  private Read read(Path path) {
    List<Long> missing = new ArrayList<>();
    List<Long> firstChanged = new ArrayList<>();
    long changed = 0;
    long last = 0;
    long without = 0;
    try (InputStream in = Files.newInputStream(path)) {
      LineSource lines = format.lines(in);
      for (InputLine line = lines.next(); line != null; line = lines.next()) {
        last = line.number();
        if (!known.isSame(line) && ++changed <= MOST_NUMBERS) {
          firstChanged.add(last);
        }
        if (known.of(last) == null && ++without <= MOST_NUMBERS) {
          missing.add(last);
        }
      }
    } catch (IOException e) {
      throw RunFiles.cannotRead(path.toString(), e);
    }
    return new Read(known.size() + without, last, missing, changed, firstChanged);
  }

  /** Requires a file that can be read twice. */
  private static void requireFile(Path path) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new BadUsageException("cannot read '" + path + "': it is no file", null);
    }
  }
}
