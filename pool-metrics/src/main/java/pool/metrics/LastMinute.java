package pool.metrics;

import java.time.Duration;

/**
 * A sum over the last minute, in twelve parts of five seconds. The oldest part is forgotten as a
 * whole, so the sum covers the last 55 to 60 seconds. Times are nanoseconds since some origin, not
 * negative. Not thread-safe.
 */
final class LastMinute {

  private static final int PARTS = 12;
  private static final long PART = Duration.ofSeconds(5).toNanos();

  private final long[] sums = new long[PARTS];
  private long newest;

  void add(long at, long amount) {
    long part = at / PART;
    for (long next = Math.max(newest, part - PARTS) + 1; next <= part; next++) {
      sums[place(next)] = 0;
      newest = next;
    }
    if (part > newest - PARTS) {
      sums[place(part)] += amount;
    }
  }

  /** Adds a span of time, divided among the parts that it covers. */
  void addSpan(long from, long to) {
    long at = Math.max(from, begin(to));
    while (at < to) {
      long end = Math.min(to, (at / PART + 1) * PART);
      add(at, end - at);
      at = end;
    }
  }

  /** The sum since {@link #begin}. */
  long sum(long now) {
    long sum = 0;
    for (long part = newest; part > newest - PARTS && part * PART >= begin(now); part--) {
      sum += sums[place(part)];
    }
    return sum;
  }

  /** When the last minute began; 0 when that was before the origin. */
  static long begin(long now) {
    return Math.max(0, (now / PART - PARTS + 1) * PART);
  }

  private static int place(long part) {
    return (int) (part % PARTS);
  }
}
