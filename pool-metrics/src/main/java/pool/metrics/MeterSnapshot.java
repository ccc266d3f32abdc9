package pool.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import pool.core.PoolStats;

/**
 * What a {@link PoolMeter} has measured so far; consistent in itself.
 *
 * @param measured for how long: since the first worker was open, until now or until the pool was
 *     closed
 * @param counts what has happened
 * @param waited how long the jobs had waited, from their submission to the start of each run; for
 *     jobs of a bulk call from its submission
 * @param ran how long the runs took
 * @param runsPerSecond runs that ended in the last minute, for each second of it
 * @param failuresPerSecond those of them that threw and were not dropped
 * @param workers how much of the time each slot was busy, in order
 * @param slowest the longest runs that have ended, at most five, the longest first
 */
public record MeterSnapshot(
    Duration measured,
    Counts counts,
    Histogram waited,
    Histogram ran,
    double runsPerSecond,
    double failuresPerSecond,
    List<WorkerUse> workers,
    List<SlowRun> slowest) {

  /** Copies the lists. */
  public MeterSnapshot {
    workers = List.copyOf(workers);
    slowest = List.copyOf(slowest);
  }

  /**
   * How often something happened. Runs are not jobs: a job that broke its worker or was put off may
   * have several, one that was withdrawn none. Jobs are counted by {@link PoolStats}.
   *
   * @param succeeded runs that returned
   * @param failed runs that threw, those that put their job off included
   * @param dropped runs whose job had been settled before, by a cancellation, a time-out or a close
   * @param putOff jobs that were put off, to be run again later, each time
   * @param broke workers that broke
   * @param abandoned workers that did not come back
   * @param notOpened openings of workers that failed
   * @param queueFull submits that found the queue full
   * @param lost events that came too fast, and are counted nowhere else
   */
  public record Counts(
      long succeeded,
      long failed,
      long dropped,
      long putOff,
      long broke,
      long abandoned,
      long notOpened,
      long queueFull,
      long lost) {}

  /**
   * How much of the time the workers of a slot ran jobs, from 0 to 1; a run that has not ended is
   * included.
   *
   * @param worker their name
   * @param ever of the time {@link MeterSnapshot#measured}
   * @param lastMinute of the last minute
   */
  public record WorkerUse(String worker, double ever, double lastMinute) {}

  /**
   * A run that took long.
   *
   * @param job its job as text, of at most 200 characters
   * @param worker the worker's name
   * @param started when it began
   * @param ran how long it took
   */
  public record SlowRun(String job, String worker, Instant started, Duration ran) {}

  /**
   * How much of the last minute the workers ran jobs, on average.
   *
   * @return 0 to 1
   */
  public double utilization() {
    return workers.stream().mapToDouble(WorkerUse::lastMinute).average().orElse(0);
  }
}
