package pool.core.internal.util;

import java.time.Duration;

/** Durations as nanoseconds that can be added to {@link System#nanoTime}. */
public final class Nanos {

  private static final Duration LONGEST = Duration.ofDays(365L * 100);

  private Nanos() {}

  /** At least 0 and at most a hundred years, so that a sum with the clock does not overflow. */
  public static long of(Duration duration) {
    if (duration.isNegative()) {
      return 0;
    }
    return duration.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : duration.toNanos();
  }
}
