package pool.spring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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

  private static final Logger LOG = LoggerFactory.getLogger(DeferredListener.class);

  /** A pool that is no bean is never bound. */
  private static final int MOST_KEPT = 1_000;

  // Under this object's monitor, which the pool's listener thread takes, and once whoever binds:

  private final List<Consumer<PoolListener>> before = new ArrayList<>();
  private long lost; // more than are kept
  private @Nullable PoolListener listener;

  /** From now on, and what was, as far as it was kept. */
  synchronized void tell(PoolListener other) {
    before.forEach(event -> replay(event, other));
    before.clear();
    if (lost > 0) {
      replay(late -> late.eventsLost(lost), other);
    }
    listener = other;
  }

  /** As a pool does: what a listener throws ends nothing. */
  private static void replay(Consumer<PoolListener> event, PoolListener other) {
    try {
      event.accept(other);
    } catch (RuntimeException e) {
      LOG.warn("a listener failed", e);
    }
  }

  private synchronized void tell(Consumer<PoolListener> event) {
    if (listener != null) {
      event.accept(listener);
    } else if (before.size() < MOST_KEPT) {
      before.add(event);
    } else {
      lost++;
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
