package pool.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * only, and is taken to have ended when it is told, which is a little late when many events wait.
 * What is between two spans of a worker is idle; where two overlap, the second is shortened.
 */
final class Watch implements PoolListener {

  private final Instant began = Instant.now();
  private final List<Viewer> viewers;
  private final Map<String, Long> ends = new HashMap<>(); // of each open worker's last span
  private volatile @Nullable Thread thread; // that tells
  private boolean over; // under this

  Watch(List<Viewer> viewers) {
    this.viewers = viewers;
  }

  Instant began() {
    return began;
  }

  /**
   * Once the pool is closed: waits until the viewers have seen all. They are told nothing more.
   *
   * @return false when that takes longer than the limit, so that some of it is missing
   */
  boolean end(Duration limit) throws InterruptedException {
    Thread telling = thread;
    boolean all = telling == null || telling.join(limit);
    synchronized (this) {
      over = true;
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
    ends.remove(worker); // until another opens there, nobody is idle
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
    Long last = ends.get(worker);
    long start = Math.max(Math.max(0, from), last == null ? 0 : last);
    long end = Math.max(start, from + nanos);
    if (last != null && last < start) {
      saw(new Span(worker, Span.Kind.IDLE, last, start - last, null));
    }
    saw(new Span(worker, kind, start, end - start, run));
    ends.put(worker, end);
  }

  private void saw(Span span) {
    tell(viewer -> viewer.saw(span));
  }

  private synchronized void tell(Consumer<Viewer> event) {
    if (!over) {
      viewers.forEach(event);
    }
  }

  private long now() {
    return since(Instant.now());
  }

  private long since(Instant instant) {
    return Duration.between(began, instant).toNanos();
  }
}
