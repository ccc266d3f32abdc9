package pool.metrics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import pool.core.PoolStats;

/**
 * What a {@link PoolMeter} has measured so far, all at one moment.
 *
 * @param measured for how long: from the opening of the first worker until now, or until the pool
 *     was closed
 * @param counts how often things happened
 * @param waited how long jobs had waited, from their submission to the start of each run; a job of
 *     a bulk call counts from the call's submission
 * @param ran how long the runs took
 * @param runsPerSecond runs that ended in the last minute, per second
 * @param failuresPerSecond runs that threw, unless they were dropped, in the last minute, per
 *     second
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
   * How often things happened. Runs are not jobs: a job that broke its worker or was put off may
   * have several runs, and a job that was withdrawn has none. {@link PoolStats} counts jobs.
   *
   * @param succeeded runs that returned
   * @param failed runs that threw, including those that put their job off
   * @param dropped runs whose job had been settled before, by a cancellation, a time-out or a close
   * @param putOff how often a job was put off, to be run again later
   * @param broke workers that broke
   * @param abandoned workers that did not come back
   * @param notOpened openings of workers that failed
   * @param queueFull submits that found the queue full
   * @param lost events that came too fast to be counted anywhere else
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
   * The share of the time in which the workers of a slot ran jobs, from 0 to 1. A run that has not
   * ended is included.
   *
   * @param worker the name of the slot's workers
   * @param ever the share of the time {@link MeterSnapshot#measured}
   * @param lastMinute the share of the last minute
   */
  public record WorkerUse(String worker, double ever, double lastMinute) {}

  /**
   * A run that took long.
   *
   * @param job its job as text, of at most 200 characters
   * @param worker the worker's name
   * @param started when the run began
   * @param ran how long it took
   */
  public record SlowRun(String job, String worker, Instant started, Duration ran) {}

  /**
   * The share of the last minute in which the workers ran jobs, on average.
   *
   * @return 0 to 1
   */
  public double utilization() {
    return workers.stream().mapToDouble(WorkerUse::lastMinute).average().orElse(0);
  }
}
