package pool.metrics;

import java.time.Duration;
import java.util.Date;
import java.util.List;
import pool.core.WorkerPool;

/** The implementation of the MBean of a pool that is measured. */
final class MeteredPoolView extends PoolView implements MeteredPoolMXBean {

  private final PoolMeter meter;

  MeteredPoolView(WorkerPool<?, ?> pool, PoolMeter meter, PoolRegistration registration) {
    super(pool, registration);
    this.meter = meter;
  }

  private MeterSnapshot snapshot() {
    return meter.snapshot(stats());
  }

  @Override
  public double getUtilization() {
    return snapshot().utilization();
  }

  @Override
  public double getRunsPerSecond() {
    return snapshot().runsPerSecond();
  }

  @Override
  public double getFailuresPerSecond() {
    return snapshot().failuresPerSecond();
  }

  @Override
  public Percentiles getWaited() {
    return percentiles(snapshot().waited());
  }

  @Override
  public Percentiles getRan() {
    return percentiles(snapshot().ran());
  }

  @Override
  public List<WorkerUse> getUse() {
    return snapshot().workers().stream()
        .map(use -> new WorkerUse(use.worker(), use.ever(), use.lastMinute()))
        .toList();
  }

  @Override
  public List<SlowRun> getSlowest() {
    return snapshot().slowest().stream()
        .map(run ->
            new SlowRun(run.job(), run.worker(), Date.from(run.started()), millis(run.ran())))
        .toList();
  }

  @Override
  public long getLost() {
    return snapshot().counts().lost();
  }

  private static Percentiles percentiles(Histogram times) {
    return new Percentiles(
        times.count(),
        millis(times.mean()),
        millis(times.percentile(50)),
        millis(times.percentile(95)),
        millis(times.percentile(99)),
        millis(times.percentile(99.9)),
        millis(times.longest()));
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
