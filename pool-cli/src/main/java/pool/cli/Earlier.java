package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.cli.input.InputLine;
import pool.cli.input.LineSource;
import pool.cli.outcome.BadOutcomesException;
import pool.cli.outcome.KnownLines;
import pool.cli.outcome.Outcome;
import pool.cli.outcome.OutcomeReader;

/**
 * What the runs before this one have written to the output, on which it goes on. Lines that
 * succeeded are not run again, and those that failed only if that is asked for; what was cancelled,
 * or never started, is.
 */
final class Earlier {

  private final KnownLines known = new KnownLines();
  private final boolean retriesFailed;
  private OutcomeReader.@Nullable Extent extent; // null when the output was not read

  private Earlier(boolean retriesFailed) {
    this.retriesFailed = retriesFailed;
  }

  /** Nothing: the run begins at the beginning, and the output loses what it held. */
  static Earlier none() {
    return new Earlier(false);
  }

  /**
   * Reads an output.
   *
   * @param output from its beginning
   * @throws BadOutcomesException when it is none
   */
  static Earlier read(InputStream output, boolean retriesFailed) throws IOException {
    Earlier earlier = new Earlier(retriesFailed);
    earlier.extent = OutcomeReader.read(output, earlier.known::add);
    earlier.known.requireOneInput();
    return earlier;
  }

  /** Reads an input that can be read twice, all of which must be what it was. */
  void requireSame(LineSource input) throws IOException {
    long last = 0;
    for (InputLine line = input.next(); line != null; line = input.next()) {
      boolean _ = isToRun(line);
      last = line.number();
    }
    requireNoneAfter(last);
  }

  /**
   * Whether a line is to be run.
   *
   * @throws BadOutcomesException when another line has had its number
   */
  boolean isToRun(InputLine line) throws BadOutcomesException {
    if (retriesFailed && known.of(line.number()) == Outcome.FAILED) {
      return true; // it may have been corrected
    }
    Outcome outcome = known.of(line);
    return outcome == null || !isLeft(outcome);
  }

  private boolean isLeft(Outcome outcome) {
    return outcome == Outcome.SUCCEEDED || (outcome == Outcome.FAILED && !retriesFailed);
  }

  /**
   * The input has ended with that line.
   *
   * @throws BadOutcomesException when it was longer
   */
  void requireNoneAfter(long line) throws BadOutcomesException {
    known.requireNoneAfter(line);
  }

  /** How many lines are not run again. */
  long lines() {
    long lines = 0;
    for (Outcome outcome : Outcome.values()) {
      lines += isLeft(outcome) ? known.count(outcome) : 0;
    }
    return lines;
  }

  /** Whether some have failed and are left so. */
  boolean leavesFailures() {
    return !retriesFailed && known.count(Outcome.FAILED) > 0;
  }

  /** Cuts what is torn, and has the output go on after it. */
  void begin(Output out) throws IOException {
    if (extent == null) {
      out.begin();
    } else {
      out.goOn(extent.whole(), extent.whole() + extent.torn());
    }
  }

  /** What it goes on with, by lines; none without a run before. */
  List<String> summary() {
    List<String> summary = new ArrayList<>();
    if (extent != null && extent.torn() > 0) {
      summary.add(
          "pool: the output ended with a torn line, of which %s cut"
              .formatted(Times.count(extent.torn(), "byte is", "bytes are")));
    }
    if (known.last() > 0) {
      long others = known.count(Outcome.CANCELLED) + known.count(Outcome.NOT_STARTED);
      summary.add(
          "resumed: %d had succeeded, %d failed%s"
              .formatted(
                  known.count(Outcome.SUCCEEDED),
                  known.count(Outcome.FAILED),
                  others == 0 ? "" : ", " + others + " not done"));
    }
    return summary;
  }
}
