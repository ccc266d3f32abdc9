package pool.metrics;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;

/**
 * Counts times in buckets that get wider as times get longer: sixteen for each power of two of
 * nanoseconds, so that the middle of a bucket is off by at most 1/32 of any time in it. The range
 * from 0 to 292 years makes 960 buckets, 7.5 KiB, whatever is counted. Not thread-safe.
 */
final class LogLinear {

  private static final int BITS = 4;
  private static final int EACH = 1 << BITS;
  private static final int BUCKETS = (Long.SIZE - BITS) << BITS;

  private final long[] buckets = new long[BUCKETS];
  private long count;
  private Duration total = Duration.ZERO; // the nanoseconds of many workers overflow a long
  private long longest;

  void add(Duration time) {
    long nanos = nanos(time);
    buckets[bucket(nanos)]++;
    count++;
    total = total.plusNanos(nanos);
    longest = Math.max(longest, nanos);
  }

  /** Converts to nanoseconds, limited to the range from 0 to 292 years. */
  static long nanos(Duration time) {
    return Math.max(0, NANOSECONDS.convert(time));
  }

  Histogram snapshot() {
    return new Histogram(buckets.clone(), count, total, longest);
  }

  /** The bucket of a time: its highest bit, and the four bits after that. */
  static int bucket(long nanos) {
    if (nanos < EACH) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - BITS;
    return (shift << BITS) + (int) (nanos >>> shift);
  }

  static long middle(int bucket) {
    return bucket < EACH ? bucket : lowest(bucket) + (1L << shift(bucket)) / 2;
  }

  /** The shortest time in a bucket. */
  static long lowest(int bucket) {
    return bucket < EACH ? bucket : (long) (EACH + (bucket & (EACH - 1))) << shift(bucket);
  }

  /** The longest time in a bucket. */
  static long highest(int bucket) {
    return bucket < EACH ? bucket : lowest(bucket) + ((1L << shift(bucket)) - 1);
  }

  private static int shift(int bucket) {
    return (bucket >>> BITS) - 1;
  }
}
