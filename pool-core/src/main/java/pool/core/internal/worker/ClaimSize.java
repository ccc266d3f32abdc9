package pool.core.internal.worker;

import pool.core.internal.queue.ClaimedJobs;

/**
 * How many jobs a worker may run before it reads the clock again: more while they are short. A look
 * costs as much as dispatching a job or two.
 *
 * <p>Used by one worker. What changes with each job is in the {@link WorkerCounters}, on cache
 * lines of its own.
 */
public final class ClaimSize {

  private static final long SHORT_NANOS = 10_000;
  private static final long ROUND_NANOS = 1_000_000;
  private static final int BETWEEN_GLANCES = 7; // jobs; one less than a power of 2

  private final WorkerCounters counters;
  private long since = System.nanoTime(); // the last look
  private long lastRound = since;
  private long runsBefore; // the last look
  private int most = 1; // jobs until the next look

  public ClaimSize(WorkerCounters counters) {
    this.counters = counters;
  }

  public boolean isSampleDue() {
    return counters.runs() - runsBefore >= most;
  }

  /** Whether it is time to see whether other work waits: every few jobs, since that costs, too. */
  public boolean isGlanceDue() {
    return ((counters.runs() - runsBefore) & BETWEEN_GLANCES) == 0;
  }

  /** Whether the last look was a millisecond ago, or more. */
  public boolean isSampleLate() {
    return System.nanoTime() - since >= ROUND_NANOS;
  }

  /**
   * Looks at the clock.
   *
   * @return how many jobs may be done until the next look: double, when the last were short; else 1
   */
  public int sampleClock() {
    long now = System.nanoTime();
    long runs = counters.runs();
    boolean wereShort = now - since < (runs - runsBefore) * SHORT_NANOS;
    most = wereShort ? Math.min(2 * most, ClaimedJobs.MOST) : 1;
    runsBefore = runs;
    since = now;
    counters.sampledClock(now);
    return most;
  }

  /** The last look. */
  public long since() {
    return since;
  }

  /** Whether it is time to look whether others are stuck: once in a millisecond, by our looks. */
  public boolean isRoundDue() {
    return since - lastRound >= ROUND_NANOS;
  }

  /** Whether that is so; then the next is due a millisecond later. */
  public boolean beginsRound() {
    boolean isDue = isRoundDue();
    if (isDue) {
      lastRound = since;
    }
    return isDue;
  }

  /** Whether another worker had not looked for as long at our last look. */
  public boolean isStuck(WorkerCounters other) {
    return since - other.since() >= ROUND_NANOS;
  }
}
