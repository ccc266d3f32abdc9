package pool.core.internal.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import pool.core.internal.life.Settings;
import pool.core.internal.util.Nanos;

/**
 * How long a worker is used, and how long it may wait without a look: recycling and pings. Used by
 * one worker's thread, and begun under the pool's lock.
 */
public final class RecyclePolicy {

  private static final long NEVER = Long.MAX_VALUE;
  private static final double JITTER = 0.025;

  private final WorkerCounters counters;
  private final ClaimSize claimSize;
  private final long maxJobs;
  private final Optional<Duration> maxAge;
  private final long pingInterval;
  private final boolean isLimited;

  private long lastJob = NEVER; // by its number of jobs
  private long began;
  private long age = NEVER; // at which it ends
  private long restsSince = System.nanoTime();

  public RecyclePolicy(Settings settings, WorkerCounters counters, ClaimSize claimSize) {
    this.counters = counters;
    this.claimSize = claimSize;
    this.maxJobs = settings.maxJobsPerWorker();
    this.maxAge = settings.maxWorkerAge();
    this.pingInterval = settings.pingInterval().map(Nanos::of).orElse(NEVER);
    this.isLimited = maxJobs < NEVER || maxAge.isPresent();
  }

  /** A worker was opened. */
  public void begins() {
    if (!isLimited) {
      return;
    }
    lastJob = maxJobs < NEVER ? counters.jobs() + maxJobs : NEVER;
    began = System.nanoTime();
    age =
        maxAge
            .map(limit ->
                (long) (Nanos.of(limit) * (1 - JITTER * ThreadLocalRandom.current().nextDouble())))
            .orElse(NEVER);
  }

  /** Whether the worker is to be replaced; by the last look at the clock, so it costs no other. */
  public boolean isOver() {
    return isLimited && (counters.jobs() >= lastJob || claimSize.since() - began >= age);
  }

  /** How many jobs more the worker may do. */
  long remaining() {
    return lastJob == NEVER ? NEVER : lastJob - counters.jobs();
  }

  /** The worker begins to wait for a job. */
  void restBegins() {
    if (pingInterval < NEVER) {
      restsSince = System.nanoTime();
    }
  }

  /** How long the worker may go on to wait for a job, though it was woken in between. */
  public long longestPark() {
    return Math.min(timeLeft(restsSince, pingInterval), timeLeft(began, age));
  }

  private static long timeLeft(long since, long time) {
    return time == NEVER ? NEVER : Math.max(1, since + time - System.nanoTime());
  }

  /** After the longest rest that may be: whether a ping is due, and not another worker. */
  public boolean isPingDue() {
    int _ = claimSize.sampleClock();
    return pingInterval < NEVER && !isOver();
  }
}
