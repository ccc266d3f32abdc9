package pool.spring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pool.core.CloseReport;
import pool.core.JobRun;
import pool.core.PoolListener;
import pool.core.ReplaceReason;

/**
 * Tells another listener what happens to workers and jobs, also what happened before that one was
 * there. A pool is opened while the beans of the context are made, and until they are all made the
 * registry is not ready for meters.
 */
final class DeferredListener implements PoolListener {

  // Under this object's monitor, which the pool's listener thread takes, and once whoever binds:

  private final List<Consumer<PoolListener>> before = new ArrayList<>();
  private @Nullable PoolListener listener;

  /** From now on, and what was. */
  synchronized void tell(PoolListener other) {
    before.forEach(event -> event.accept(other));
    before.clear();
    listener = other;
  }

  private synchronized void tell(Consumer<PoolListener> event) {
    if (listener == null) {
      before.add(event);
    } else {
      event.accept(listener);
    }
  }

  @Override
  public void workerNotOpened(String worker, Instant at, Throwable cause) {
    tell(other -> other.workerNotOpened(worker, at, cause));
  }

  @Override
  public void workerBroke(String worker, Instant at, Throwable cause) {
    tell(other -> other.workerBroke(worker, at, cause));
  }

  @Override
  public void workerAbandoned(CloseReport.Abandoned abandoned, Instant at) {
    tell(other -> other.workerAbandoned(abandoned, at));
  }

  @Override
  public void workerReplaced(String worker, Instant at, ReplaceReason why) {
    tell(other -> other.workerReplaced(worker, at, why));
  }

  @Override
  public void jobRan(JobRun run) {
    tell(other -> other.jobRan(run));
  }

  @Override
  public void queueFull(Instant at) {
    tell(other -> other.queueFull(at));
  }

  @Override
  public void eventsLost(long events) {
    tell(other -> other.eventsLost(events));
  }
}
