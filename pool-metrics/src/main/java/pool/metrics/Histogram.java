package pool.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable distribution of how long something took. Count, total, mean and longest time are
 * exact; a percentile is off by at most 1/32 of itself.
 */
public final class Histogram {

  private static final int BUCKETS_OF_A_BAR = 4;

  private final long[] buckets;
  private final long count;
  private final Duration total;
  private final long longest;

  /** Takes ownership of the array. */
  Histogram(long[] buckets, long count, Duration total, long longest) {
    this.buckets = buckets;
    this.count = count;
    this.total = total;
    this.longest = longest;
  }

  /**
   * How many times were counted.
   *
   * @return at least 0
   */
  public long count() {
    return count;
  }

  /**
   * The sum of all times.
   *
   * @return zero when nothing was counted
   */
  public Duration total() {
    return total;
  }

  /**
   * The average.
   *
   * @return zero when nothing was counted
   */
  public Duration mean() {
    return count == 0 ? Duration.ZERO : total.dividedBy(count);
  }

  /**
   * The longest time.
   *
   * @return zero when nothing was counted
   */
  public Duration longest() {
    return Duration.ofNanos(longest);
  }

  /**
   * A time that the given percentage of the times do not exceed: 50 gives the median, 100 the
   * longest time. It is off by at most 1/32 from the smallest such time among those that were
   * counted.
   *
   * @param percent from 0 to 100
   * @return zero when nothing was counted
   * @throws IllegalArgumentException when {@code percent} is out of range
   */
  public Duration percentile(double percent) {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("a percentile must be from 0 to 100, but was " + percent);
    }
    long rank = Math.max(1, (long) Math.ceil(percent * count / 100));
    if (rank >= count) {
      return longest();
    }
    int bucket = 0;
    for (long below = buckets[0]; below < rank; below += buckets[bucket]) {
      bucket++;
    }
    return Duration.ofNanos(Math.min(longest, LogLinear.middle(bucket)));
  }

  /**
   * The times as bars of a chart: four bars from each power of two of nanoseconds to the next
   * (below 16 ns, bars of 4 ns each), from the shortest time that was counted to the longest,
   * without gaps.
   *
   * @return the bar of the shortest times first; empty when nothing was counted
   */
  public List<Bar> bars() {
    List<Bar> bars = new ArrayList<>();
    for (int bucket = 0; bucket <= LogLinear.bucket(longest); bucket += BUCKETS_OF_A_BAR) {
      long times = Arrays.stream(buckets, bucket, bucket + BUCKETS_OF_A_BAR).sum();
      if (count > 0 && (times > 0 || !bars.isEmpty())) {
        bars.add(
            new Bar(
                Duration.ofNanos(LogLinear.lowest(bucket)),
                Duration.ofNanos(LogLinear.highest(bucket + BUCKETS_OF_A_BAR - 1)),
                times));
      }
    }
    return List.copyOf(bars);
  }

  /**
   * The number of times within a range.
   *
   * @param from the shortest time that belongs to the bar
   * @param to the longest time that belongs to the bar
   * @param count how many times belong to it
   */
  public record Bar(Duration from, Duration to, long count) {}

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Histogram histogram
        && count == histogram.count
        && longest == histogram.longest
        && total.equals(histogram.total)
        && Arrays.equals(buckets, histogram.buckets);
  }

  @Override
  public int hashCode() {
    return Objects.hash(count, longest, total);
  }

  /** For the log. */
  @Override
  public String toString() {
    return "%d times, median %s, 99 %% within %s, longest %s"
        .formatted(count, percentile(50), percentile(99), longest());
  }
}
