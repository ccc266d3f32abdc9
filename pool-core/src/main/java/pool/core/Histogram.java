package pool.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long something took, over many times: an immutable copy of what was counted. Count, total,
 * mean and longest are exact; a percentile is off by at most 1/32 of itself.
 */
public final class Histogram {

  private final long[] buckets;
  private final long count;
  private final Duration total;
  private final long longest;

  /** Takes the array. */
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
   * All times together.
   *
   * @return their sum
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
   * A time that so many per cent of the times do not exceed: 50 gives the median, 100 the longest.
   * At most 1/32 more or less than the smallest such time among those that were counted.
   *
   * @param percent from 0 to 100
   * @return zero when nothing was counted
   * @throws IllegalArgumentException when it is out of range
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
