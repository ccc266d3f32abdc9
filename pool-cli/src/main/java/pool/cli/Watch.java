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
 * Makes spans of what a listener is told, for the trace and the report.
 *
 * <p>A run comes with the time of its start. An opening, finish or closing comes with its length
 * only, and is taken to have ended when it is told, which is a little late when many events wait;
 * an opening is held back until it is known that it ended before the first run. What is between two
 * spans of a worker is idle; where two overlap, the second is shortened.
 */
final class Watch implements PoolListener {

  /** What its workers have done so far. */
  private static final class Slot {
    long end;
    boolean isOpen;
    @Nullable Span opening; // not yet seen
  }

  private final InstantSource clock;
  private final Instant began;
  private final List<Viewer> viewers;
  private final Map<String, Slot> slots = new HashMap<>(); // by name of worker
  private volatile @Nullable Thread thread; // that tells
  private final Lock turn = new ReentrantLock(); // held while viewers are told
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
   * Once the pool is closed: waits until the viewers have seen all. They are told nothing more.
   *
   * @return false when that takes longer than the limit; then some of it is missing, and a viewer
   *     may be stuck
   */
  boolean end(Duration limit) throws InterruptedException {
    Thread telling = thread;
    boolean all = telling == null || telling.join(limit);
    over = true;
    if (!all && turn.tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      turn.unlock(); // no viewer is being told
    }
    return all;
  }

  @Override
  public void stateChanged(PoolState state) {
    happened("pool is " + state.name().toLowerCase(Locale.ROOT), "", "");
  }

  @Override
  public void workerOpened(String worker, Duration took) {
    justDone(worker, Span.Kind.OPEN, took);
  }

  @Override
  public void workerNotOpened(String worker, Throwable cause) {
    happened("did not open", worker, Printable.whole(cause));
  }

  @Override
  public void workerBroke(String worker, Throwable cause) {
    happened("broke", worker, Printable.whole(cause));
  }

  @Override
  public void workerAbandoned(CloseReport.Abandoned abandoned) {
    happened("did not come back", abandoned.worker(), "");
  }

  @Override
  public void workerFinished(String worker, Duration took) {
    justDone(worker, Span.Kind.FINISH, took);
  }

  @Override
  public void workerClosed(String worker, Duration took) {
    justDone(worker, Span.Kind.CLOSE, took);
  }

  @Override
  public void jobRan(JobRun run) {
    span(run.worker(), Span.Kind.JOB, since(run.started()), run.ran().toNanos(), run);
  }

  @Override
  public void eventsLost(long events) {
    long at = now();
    tell(viewer -> viewer.missed(events, at));
  }

  private void happened(String what, String worker, String why) {
    thread = Thread.currentThread();
    long at = now();
    tell(viewer -> viewer.happened(what, worker, why, at));
  }

  private void justDone(String worker, Span.Kind kind, Duration took) {
    thread = Thread.currentThread();
    span(worker, kind, now() - took.toNanos(), took.toNanos(), null);
  }

  private void span(String worker, Span.Kind kind, long from, long nanos, @Nullable JobRun run) {
    Slot slot = slots.computeIfAbsent(worker, _ -> new Slot());
    Span opening = slot.opening;
    slot.opening = null;
    if (opening != null) {
      long late = Math.max(0, opening.to() - from);
      sawNext(slot, new Span(worker, opening.kind(), opening.from() - late, opening.nanos(), null));
    }
    Span span = new Span(worker, kind, from, nanos, run);
    if (kind == Span.Kind.OPEN) {
      slot.opening = span;
    } else {
      sawNext(slot, span);
    }
  }

  /** After what the slot did before. */
  private void sawNext(Slot slot, Span span) {
    long start = Math.max(span.from(), slot.end);
    if (slot.isOpen && slot.end < start) {
      saw(new Span(span.worker(), Span.Kind.IDLE, slot.end, start - slot.end, null));
    }
    slot.end = Math.max(start, span.to());
    slot.isOpen = span.kind() != Span.Kind.CLOSE; // else there is nobody to be idle
    saw(new Span(span.worker(), span.kind(), start, slot.end - start, span.run()));
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

  private long now() {
    return since(clock.instant());
  }

  private long since(Instant instant) {
    return Duration.between(began, instant).toNanos();
  }
}
