package pool.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The state of a run at one moment.
 *
 * @param done lines whose job succeeded or failed
 * @param failed how many of them failed
 * @param notDone lines that were given up, because the run was stopped
 * @param lines the number of all lines, if it is known; for a run that stops, of those it has read
 * @param nanos for how long the run has gone on, including the opening of the workers
 * @param isStopping whether it ends before all of the input is done
 * @param left how long it will still take, if there is an estimate
 */
record Standing(
    long done,
    long failed,
    long notDone,
    OptionalLong lines,
    long nanos,
    boolean isStopping,
    OptionalLong left) {

  private static final long SECOND = 1_000_000_000;

  /** The number of lines is unknown if the file has grown since they were counted. */
  Standing {
    if (lines.isPresent() && lines.getAsLong() < done + notDone) {
      lines = OptionalLong.empty();
    }
  }

  /** The part of the lines that is done, from 0 to 1. */
  double part() {
    return (double) done / Math.max(1, lines.orElse(0));
  }

  /** Describes it, each number with its meaning, the most important first. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(done + (lines.isPresent() ? " of " + lines.getAsLong() : "") + " done");
    words.add(failed + " failed");
    if (notDone > 0) {
      words.add(notDone + " not done");
    }
    if (isStopping) {
      words.add("stopping");
    }
    left.ifPresent(time -> words.add("about " + Times.about(time) + " left"));
    words.add(Times.soFar(nanos) + " so far");
    if (done > 0 && nanos >= SECOND) {
      words.add(Times.rate(done, nanos));
    }
    return words;
  }
}
