package pool.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pool.core.CloseReport;
import pool.core.JobRun;
import pool.core.PoolListener;
import pool.core.PoolState;

/**
 * Turns the events of a listener into spans, for the trace and the report.
 *
 * <p>Between two spans a worker is idle. If two spans overlap, as those of an abandoned worker and
 * its successor may, the second is shortened.
 */
final class Watch implements PoolListener {

  /** What the workers of a slot have done so far. */
  private static final class Slot {
    long end;
    boolean isOpen;
  }

  private final InstantSource clock;
  private final Instant began;
  private final List<Viewer> viewers;
  private final Map<String, Slot> slots = new HashMap<>(); // by worker's name
  private volatile @Nullable Thread thread; // the listener's thread
  private final Lock turn = new ReentrantLock(); // held during calls of viewers
  private volatile boolean over;

  Watch(InstantSource clock, List<Viewer> viewers) {
    this.clock = clock;
    this.began = clock.instant();
    this.viewers = viewers;
  }

  Instant began() {
    return began;
  }

  /**
   * Called when the pool is closed: waits until the viewers have seen everything, and calls them no
   * more.
   *
   * @return false when that takes longer than the limit; then something is missing, and a viewer
   *     may be stuck
   */
  boolean end(Duration limit) throws InterruptedException {
    Thread telling = thread;
    boolean all = telling == null || telling.join(limit);
    over = true;
    if (!all && turn.tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      turn.unlock(); // no viewer is being called
    }
    return all;
  }

  @Override
  public void stateChanged(PoolState state, Instant at) {
    happened("pool is " + state.name().toLowerCase(Locale.ROOT), "", "", at);
  }

  @Override
  public void workerOpened(String worker, Instant began, Duration took) {
    span(worker, Span.Kind.OPEN, began, took, null);
  }

  @Override
  public void workerNotOpened(String worker, Instant at, Throwable cause) {
    happened("did not open", worker, Printable.whole(cause), at);
  }

  @Override
  public void workerBroke(String worker, Instant at, Throwable cause) {
    happened("broke", worker, Printable.whole(cause), at);
  }

  @Override
  public void workerAbandoned(CloseReport.Abandoned abandoned, Instant at) {
    happened("did not come back", abandoned.worker(), "", at);
  }

  @Override
  public void workerFinished(String worker, Instant began, Duration took) {
    span(worker, Span.Kind.FINISH, began, took, null);
  }

  @Override
  public void workerClosed(String worker, Instant began, Duration took) {
    span(worker, Span.Kind.CLOSE, began, took, null);
  }

  @Override
  public void jobRan(JobRun run) {
    span(run.worker(), Span.Kind.JOB, run.started(), run.ran(), run);
  }

  @Override
  public void eventsLost(long events) {
    long at = since(clock.instant());
    tell(viewer -> viewer.missed(events, at));
  }

  private void happened(String what, String worker, String why, Instant at) {
    thread = Thread.currentThread();
    tell(viewer -> viewer.happened(what, worker, why, since(at)));
  }

  private void span(
      String worker, Span.Kind kind, Instant from, Duration took, @Nullable JobRun run) {
    thread = Thread.currentThread();
    Slot slot = slots.computeIfAbsent(worker, _ -> new Slot());
    long start = Math.max(since(from), slot.end);
    if (slot.isOpen && slot.end < start) {
      saw(new Span(worker, Span.Kind.IDLE, slot.end, start - slot.end, null));
    }
    slot.end = Math.max(start, since(from.plus(took)));
    slot.isOpen = kind != Span.Kind.CLOSE; // after a close no worker is idle
    saw(new Span(worker, kind, start, slot.end - start, run));
  }

  private void saw(Span span) {
    tell(viewer -> viewer.saw(span));
  }

  private void tell(Consumer<Viewer> event) {
    turn.lock();
    try {
      for (Viewer viewer : viewers) {
        if (!over) {
          event.accept(viewer);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** The time since the beginning; never less than 0, even if the clock was set back. */
  private long since(Instant instant) {
    return Math.max(0, Duration.between(began, instant).toNanos());
  }
}
