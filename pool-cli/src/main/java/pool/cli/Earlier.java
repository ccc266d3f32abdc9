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
 * What earlier runs have written to the output, which this run continues. Lines that succeeded are
 * not run again, and lines that failed only on request. Lines that were cancelled or never started
 * are run again.
 */
final class Earlier {

  private final KnownLines known = new KnownLines();
  private final boolean retriesFailed;
  private OutcomeReader.@Nullable Extent extent; // null when the output was not read

  private Earlier(boolean retriesFailed) {
    this.retriesFailed = retriesFailed;
  }

  /** No earlier runs: this run begins at the beginning, and the output loses its content. */
  static Earlier none() {
    return new Earlier(false);
  }

  /**
   * Reads an output.
   *
   * @param output the output, from its beginning
   * @throws BadOutcomesException when it does not consist of outcomes
   */
  static Earlier read(InputStream output, boolean retriesFailed) throws IOException {
    Earlier earlier = new Earlier(retriesFailed);
    earlier.extent = OutcomeReader.read(output, earlier.known::add);
    earlier.known.requireOneInput();
    return earlier;
  }

  /** Reads an input that can be read twice, and checks that all of it is unchanged. */
  void requireSame(LineSource input) throws IOException {
    long last = 0;
    for (InputLine line = input.next(); line != null; line = input.next()) {
      boolean _ = isToRun(line);
      last = line.number();
    }
    requireNoneAfter(last);
  }

  /**
   * Returns whether to run a line.
   *
   * @throws BadOutcomesException when its number belonged to another line
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
   * Checks that the input, which has ended with this line, was not longer before.
   *
   * @throws BadOutcomesException when it was
   */
  void requireNoneAfter(long line) throws BadOutcomesException {
    known.requireNoneAfter(line);
  }

  /** Returns how many lines are not run again. */
  long lines() {
    long lines = 0;
    for (Outcome outcome : Outcome.values()) {
      lines += isLeft(outcome) ? known.count(outcome) : 0;
    }
    return lines;
  }

  /** Returns whether lines have failed that are not run again. */
  boolean leavesFailures() {
    return !retriesFailed && known.count(Outcome.FAILED) > 0;
  }

  /** Cuts a torn last line from the output, which then continues after the whole lines. */
  void begin(Output out) throws IOException {
    if (extent == null) {
      out.begin();
    } else {
      out.goOn(extent.whole(), extent.whole() + extent.torn());
    }
  }

  /** Describes, in lines, what this run continues; empty without an earlier run. */
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
