package pool.metrics;

/**
 * How long the workers of one slot were busy. Runs do not overlap, but their times may, slightly,
 * since they come from two clocks. Times are as in {@link LastMinute}. Not thread-safe.
 */
final class BusyTime {

  private final LastMinute lastMinute = new LastMinute();
  private long total;
  private long lastEnd;

  void ran(long from, long to) {
    long begin = Math.max(from, lastEnd);
    if (begin < to) {
      total += to - begin;
      lastMinute.addSpan(begin, to);
      lastEnd = to;
    }
  }

  /**
   * Returns the share of the time, 0 to 1, that the slot was busy, both since a moment and in the
   * last minute.
   *
   * @param since when measuring began
   * @param running when the current run began; {@code now} when there is none
   */
  MeterSnapshot.WorkerUse use(String worker, long since, long now, long running) {
    long begin = Math.max(running, lastEnd);
    long minute = Math.max(since, LastMinute.begin(now));
    long more = Math.max(0, now - begin);
    long moreOfMinute = Math.max(0, now - Math.max(begin, minute));
    return new MeterSnapshot.WorkerUse(
        worker,
        share(total + more, now - since),
        share(lastMinute.sum(now) + moreOfMinute, now - minute));
  }

  private static double share(long busy, long of) {
    return of <= 0 ? 0 : Math.min(1, (double) busy / of);
  }
}
