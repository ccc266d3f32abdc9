package pool.metrics;

import java.util.Date;
import java.util.List;

/**
 * A pool as an MBean with the figures of its {@link PoolMeter}. Each attribute is read from a
 * snapshot of its own. Times are milliseconds, with fractions.
 */
public interface MeteredPoolMXBean extends PoolMXBean {

  /**
   * The share of the last minute in which the workers ran jobs, on average.
   *
   * @return 0 to 1
   */
  double getUtilization();

  /**
   * Runs that ended in the last minute, per second.
   *
   * @return at least 0
   */
  double getRunsPerSecond();

  /**
   * Runs that threw, unless they were dropped, in the last minute, per second.
   *
   * @return at least 0
   */
  double getFailuresPerSecond();

  /**
   * How long jobs had waited when their runs began, since the pool was opened.
   *
   * @return its percentiles
   */
  Percentiles getWaited();

  /**
   * How long runs took, since the pool was opened.
   *
   * @return its percentiles
   */
  Percentiles getRan();

  /**
   * How busy the workers are.
   *
   * @return the slots, in order
   */
  List<WorkerUse> getUse();

  /**
   * The longest runs that have ended.
   *
   * @return at most five, the longest first
   */
  List<SlowRun> getSlowest();

  /**
   * Events that came too fast to be measured.
   *
   * @return how many
   */
  long getLost();

  /**
   * How long something took, in milliseconds; percentiles are off by at most 1/32 of themselves.
   *
   * @param count how many times were counted
   * @param mean the average
   * @param p50 the median
   * @param p95 the time that 95 % do not exceed
   * @param p99 the time that 99 % do not exceed
   * @param p999 the time that 99.9 % do not exceed
   * @param longest the longest time
   */
  record Percentiles(
      long count, double mean, double p50, double p95, double p99, double p999, double longest) {}

  /**
   * The share of the time in which the workers of a slot ran jobs, from 0 to 1.
   *
   * @param worker the name of the slot's workers
   * @param ever the share of the time since the pool was open
   * @param lastMinute the share of the last minute
   */
  record WorkerUse(String worker, double ever, double lastMinute) {}

  /**
   * A run that took long.
   *
   * @param job its job as text, of at most 200 characters
   * @param worker the worker's name
   * @param started when the run began
   * @param ran how long it took, in milliseconds
   */
  record SlowRun(String job, String worker, Date started, double ran) {}
}
