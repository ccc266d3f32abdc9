package pool.core;

/**
 * How many jobs a worker may run before it reads the clock again: more while they are short. A look
 * costs as much as dispatching a job or two.
 *
 * <p>Used by one worker. What changes with each job is in the {@link WorkerCounters}, on cache
 * lines of its own.
 */
final class ClaimSize {

  private static final long SHORT_NANOS = 10_000;
  private static final long ROUND_NANOS = 1_000_000;

  private final WorkerCounters counters;
  private long since = System.nanoTime(); // the last look
  private long lastRound = since;
  private long returnedBefore; // the last look
  private int most = 1; // jobs until the next look

  ClaimSize(WorkerCounters counters) {
    this.counters = counters;
  }

  boolean isSampleDue() {
    return counters.returned() - returnedBefore >= most;
  }

  /**
   * Looks at the clock.
   *
   * @return how many jobs may be done until the next look: double, when the last were short; else 1
   */
  int sampleClock() {
    long now = System.nanoTime();
    long returned = counters.returned();
    boolean wereShort = now - since < (returned - returnedBefore) * SHORT_NANOS;
    most = wereShort ? Math.min(2 * most, ClaimedJobs.MOST) : 1;
    returnedBefore = returned;
    since = now;
    counters.sampledClock(now);
    return most;
  }

  /** The last look. */
  long since() {
    return since;
  }

  /** Whether it is time to look whether others are stuck: once in a millisecond, by our looks. */
  boolean isRoundDue() {
    return since - lastRound >= ROUND_NANOS;
  }

  /** Whether that is so; then the next is due a millisecond later. */
  boolean beginsRound() {
    boolean isDue = isRoundDue();
    if (isDue) {
      lastRound = since;
    }
    return isDue;
  }

  /** Whether another worker had not looked for as long at our last look. */
  boolean isStuck(WorkerCounters other) {
    return since - other.since() >= ROUND_NANOS;
  }
}
