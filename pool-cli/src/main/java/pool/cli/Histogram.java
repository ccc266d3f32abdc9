package pool.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts lengths of time in bins that grow with them, so that each is known to a sixteenth of
 * itself, from nanoseconds to centuries, in 8 KB.
 */
final class Histogram {

  private static final int BITS = 4; // of precision
  private static final int PARTS = 1 << BITS;

  private final long[] counts = new long[(Long.SIZE - BITS) * PARTS];
  private long count;
  private double sum;
  private long most;

  /**
   * Some of the bins together.
   *
   * @param from the shortest that belongs to it, in nanoseconds
   * @param to the shortest that no longer does
   * @param count how many do
   */
  record Bar(long from, long to, long count) {}

  /** Less than nothing is taken for nothing. */
  void add(long nanos) {
    long length = Math.max(0, nanos);
    counts[bin(length)]++;
    count++;
    sum += length;
    most = Math.max(most, length);
  }

  long count() {
    return count;
  }

  /** In nanoseconds, as the next two; 0 when there is none. */
  long mean() {
    return count == 0 ? 0 : Math.round(sum / count);
  }

  long most() {
    return most;
  }

  /**
   * What so many of a hundred do not exceed.
   *
   * @param percent more than 0, at most 100
   */
  long percentile(double percent) {
    long rank = (long) Math.ceil(count * percent / 100);
    long seen = 0;
    for (int bin = 0; bin < counts.length; bin++) {
      seen += counts[bin];
      if (count > 0 && seen >= rank) {
        return Math.min(most, least(bin + 1) - 1);
      }
    }
    return 0;
  }

  /** Each from a power of two to the next quarter between it and the next, without empty ends. */
  List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    int step = PARTS / 4;
    int end = bin(most) + 1;
    for (int bin = 0; bin < end; bin += step) {
      long inBar = 0;
      for (int i = bin; i < bin + step; i++) {
        inBar += counts[i];
      }
      if (inBar > 0 || !bars.isEmpty()) {
        bars.add(new Bar(least(bin), least(bin + step), inBar));
      }
    }
    return bars;
  }

  /** Below 16 a bin each; then 16 from each power of two to the next. */
  private static int bin(long nanos) {
    int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(nanos) - BITS - 1);
    return shift * PARTS + (int) (nanos >>> shift);
  }

  /** The shortest of a bin. */
  private static long least(int bin) {
    int shift = Math.max(0, bin / PARTS - 1);
    return (long) (bin - shift * PARTS) << shift;
  }
}
