package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;
import pool.api.WorkerFactory;
import pool.cli.input.CsvLines;
import pool.cli.input.CsvRecords;
import pool.cli.input.JsonRecords;
import pool.cli.input.LineSource;
import pool.cli.input.Lines;
import pool.cli.input.Records;

/** How jobs are made of the input: options of {@code pool run}. */
final class InputOptions {

  /** The formats to choose from. */
  enum Format {
    LINES,
    CSV,
    JSONL;

    /** Reads an input only for the numbers and hashes of its lines. */
    LineSource lines(InputStream in) {
      return this == CSV ? new CsvLines(in, 1) : new Lines(in, 1);
    }
  }

  private static final int LONGEST_LINE = 100_000_000;

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      description =
          "lines, which the factory reads; csv with a header, or jsonl, an object a line: columns"
              + " or members make a record by name, for a factory whose jobs are records (default:"
              + " lines)")
  Format format = Format.LINES;

  @Option(
      names = "--max-line",
      paramLabel = "BYTES",
      description =
          "the longest line that makes a job, or record of csv; a longer one, or one that is not"
              + " UTF-8, fails alone (default: ${DEFAULT-VALUE})")
  int maxLine = 1_000_000;

  InputOptions() {}

  /** Returns the reader of inputs for a factory; called before any input is opened. */
  Function<InputStream, LineSource> sources(WorkerFactory<?, ?> factory) {
    int longest = maxLine();
    if (format == Format.LINES) {
      return in -> new Lines(in, longest);
    }
    Class<?> type = factory.jobType();
    String given = "input-format " + format.name().toLowerCase(Locale.ROOT);
    if (!type.isRecord()) {
      throw new BadUsageException(
          "%s makes records, but the jobs of '%s' are %s: leave it out"
              .formatted(given, factory.name(), type.getName()),
          null);
    }
    try {
      if (format == Format.CSV) {
        Records records = Records.ofTexts(type);
        return in -> new CsvRecords(in, longest, records);
      }
      Records records = Records.ofJson(type);
      return in -> new JsonRecords(in, longest, records);
    } catch (IllegalArgumentException e) {
      throw new BadUsageException(given + ": " + Printable.reason(e), e);
    }
  }

  private int maxLine() {
    if (maxLine < 1 || maxLine > LONGEST_LINE) {
      String limit = maxLine < 1 ? "at least 1" : "at most " + LONGEST_LINE;
      throw new BadUsageException("max-line must be " + limit + ", but was " + maxLine, null);
    }
    return maxLine;
  }

  /** Checks the header of a file, which can be read at once, before workers open. */
  static void checkHeader(LineSource lines, RunFiles files) {
    if (files.regularInput().isPresent()) {
      try {
        lines.readHeader();
      } catch (IOException e) {
        throw RunFiles.cannotRead(files.input, e);
      }
    }
  }

  /** The file if it has as many lines as jobs. */
  Optional<Path> countable(RunFiles files) {
    return format == Format.CSV ? Optional.empty() : files.inputFile();
  }
}
