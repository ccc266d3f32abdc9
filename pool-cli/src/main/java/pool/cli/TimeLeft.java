package pool.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Estimates how long a run will still take, from the pace of its last lines. No estimate is better
 * than a wild one, so there is one only if
 *
 * <ul>
 *   <li>enough lines are done, two for each worker and at least 20, over at least two seconds;
 *   <li>the later half of the last lines came about as fast as the earlier half; neither a start
 *       with lines that make no jobs nor a stall predicts the rest;
 *   <li>more lines are left than there are workers, because the pace does not predict the last
 *       lines, which already run;
 *   <li>no job has run for longer than the estimate;
 *   <li>the estimate is at least a second.
 * </ul>
 */
final class TimeLeft {

  private static final long SECOND = 1_000_000_000;
  private static final long LEAST_TIME = 2 * SECOND;
  private static final long LEAST_LINES = 20;
  private static final long USUAL_TIME = 10 * SECOND; // covered by the last lines

  /** The least time between two samples. */
  private static final long INTERVAL = SECOND / 5;

  /** The largest ratio of the two halves' paces. */
  private static final double STEADY = 2;

  private record Sample(long nanos, long done) {}

  private final Deque<Sample> samples = new ArrayDeque<>();
  private final int workers;
  private final long leastLines;

  TimeLeft(int workers) {
    this.workers = workers;
    this.leastLines = Math.max(LEAST_LINES, 2L * workers);
  }

  /**
   * Returns the estimate at a moment.
   *
   * @param nanos the moment; not before that of the last call
   * @param longestRun for how long the longest of the current jobs has run; asked only if needed
   * @return nanoseconds
   */
  OptionalLong at(long nanos, long done, long lines, LongSupplier longestRun) {
    keep(nanos, done);
    long left = lines - done;
    Sample first = samples.getFirst();
    long time = nanos - first.nanos;
    long count = done - first.done;
    if (left <= workers || count < leastLines || time < LEAST_TIME || !isSteady(nanos, done)) {
      return OptionalLong.empty();
    }
    long estimate = (long) ((double) left * time / count);
    return estimate < SECOND || estimate < longestRun.getAsLong()
        ? OptionalLong.empty()
        : OptionalLong.of(estimate);
  }

  private void keep(long nanos, long done) {
    Sample last = samples.peekLast();
    if (last == null || (done > last.done && nanos - last.nanos >= INTERVAL)) {
      samples.add(new Sample(nanos, done));
    }
    while (samples.size() > 1 && isEnough(second(), nanos, done)) {
      samples.remove();
    }
  }

  private Sample second() {
    return samples.stream().skip(1).findFirst().orElseThrow();
  }

  private boolean isEnough(Sample since, long nanos, long done) {
    return nanos - since.nanos >= USUAL_TIME && done - since.done >= leastLines;
  }

  private boolean isSteady(long nanos, long done) {
    Sample first = samples.getFirst();
    long half = first.done + (done - first.done) / 2;
    Sample middle = samples.stream().filter(each -> each.done >= half).findFirst().orElse(first);
    if (middle.equals(first)) { // the later half came almost at once
      return false;
    }
    double earlier = pace(first, middle);
    double later = pace(middle, new Sample(nanos, done));
    return later > 0 && earlier <= STEADY * later && later <= STEADY * earlier;
  }

  private static double pace(Sample from, Sample to) {
    return (double) (to.done - from.done) / Math.max(1, to.nanos - from.nanos);
  }
}
