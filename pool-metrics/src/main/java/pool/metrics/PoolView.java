package pool.metrics;

import java.lang.ref.WeakReference;
import java.util.Date;
import java.util.List;
import javax.management.MBeanRegistration;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import pool.core.PoolState;
import pool.core.PoolStats;
import pool.core.WorkerPool;
import pool.core.WorkerStats;

/**
 * The implementation of the MBean. It refers to the pool weakly, since the pool may be forgotten.
 */
sealed class PoolView implements PoolMXBean, MBeanRegistration permits MeteredPoolView {

  private final String name;
  private final WeakReference<WorkerPool<?, ?>> pool;
  private final PoolRegistration registration;

  PoolView(WorkerPool<?, ?> pool, PoolRegistration registration) {
    this.name = pool.name();
    this.pool = new WeakReference<>(pool);
    this.registration = registration;
  }

  /**
   * Reads the pool's figures; a reader that finds the pool closed or gone ends the registration.
   */
  final PoolStats stats() {
    WorkerPool<?, ?> there = pool.get();
    if (there == null) {
      registration.close();
      throw new IllegalStateException(
          "pool '%s' is gone: it was forgotten, or closed and let go".formatted(name));
    }
    PoolStats now = there.stats();
    if (now.state() == PoolState.CLOSED) {
      registration.close();
    }
    return now;
  }

  @Override
  public ObjectName preRegister(MBeanServer server, ObjectName given) {
    return given;
  }

  @Override
  public void postRegister(Boolean isDone) {}

  @Override
  public void preDeregister() {}

  /** Whoever has unregistered it: anybody may. */
  @Override
  public void postDeregister() {
    registration.isGone();
  }

  @Override
  public String getName() {
    return name;
  }

  @Override
  public PoolState getState() {
    return stats().state();
  }

  @Override
  public long getQueued() {
    return stats().queued();
  }

  @Override
  public long getRunning() {
    return stats().running();
  }

  @Override
  public JobCounts getJobs() {
    PoolStats now = stats();
    return new JobCounts(
        now.submitted(),
        now.queued(),
        now.running(),
        now.succeeded(),
        now.failed(),
        now.cancelled(),
        now.notStarted(),
        now.retried());
  }

  @Override
  public List<WorkerNow> getWorkers() {
    return stats().workers().stream().map(PoolView::now).toList();
  }

  private static WorkerNow now(WorkerStats worker) {
    return new WorkerNow(
        worker.name(),
        worker.state(),
        worker.currentJobText().orElse(""),
        worker.currentJobSince().map(Date::from).orElse(null),
        worker.jobs(),
        worker.failures(),
        worker.opened());
  }
}
