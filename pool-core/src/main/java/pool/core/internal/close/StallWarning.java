package pool.core.internal.close;

import java.time.Duration;
import org.slf4j.event.Level;
import pool.api.internal.SafeText;
import pool.core.WorkerStats;
import pool.core.internal.life.Base;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.Stacks;
import pool.core.internal.util.Stall;
import pool.core.internal.worker.PoolCounters;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerThread;

/** Notices that a pool which drains does not get on, for one closer; used under the pool's lock. */
final class StallWarning<J, R> {

  private final Base base;
  private final String pool;
  private final Slots<J, R> slots;
  private final DelayedJobs<J, R> delayed;
  private final PoolCounters<J, R> counters;
  private final Stall stall;

  StallWarning(
      Base base, Slots<J, R> slots, DelayedJobs<J, R> delayed, PoolCounters<J, R> counters) {
    this.base = base;
    this.pool = base.settings().name();
    this.slots = slots;
    this.delayed = delayed;
    this.counters = counters;
    this.stall = new Stall(base.settings().stallAfter(), progress());
  }

  /** What changes when anything moves. */
  private long progress() {
    return counters.submitted()
        + slots
            .threads()
            .mapToLong(worker -> worker.counters().sequence() + worker.phase().since())
            .sum();
  }

  /** Warns if nothing has moved for too long; then again after as long. When to look next. */
  long warnIfDue() {
    if (stall.isDue(progress())) {
      stall.warn(base.helpers(), "stall-warning", this::warn);
    }
    return stall.nextLook();
  }

  /** Names each worker that has not ended, what it does, for how long, and where. */
  private void warn() {
    StringBuilder text = new StringBuilder();
    text.append(ofDelayed());
    slots
        .threads()
        .filter(worker -> !worker.phase().isOver())
        .forEach(worker -> {
          WorkerStats stats = worker.slot().stats();
          text.append("%n  %s: %s".formatted(stats.name(), stats.state()));
          stats.currentJob().ifPresent(job -> text.append(" job ").append(SafeText.of(job)));
          text.append(" for ").append(lasts(worker).toSeconds()).append(" s");
          text.append(Stacks.lines(worker.thread()));
        });
    LogLine.of(Level.WARN, pool)
        .log(
            "pool '{}' is closing, and nothing has moved for {}:{}",
            pool,
            base.settings().stallAfter(),
            text);
  }

  private String ofDelayed() {
    try (var _ = base.hold()) {
      long seconds = Duration.ofNanos(delayed.untilNext()).toSeconds();
      if (delayed.isPaused()) {
        return "%n  a job has paused the pool, for %d s more".formatted(seconds);
      }
      long jobs = delayed.size();
      return jobs == 0
          ? ""
          : "%n  %s to be run again; the next is due in %d s"
              .formatted(jobs == 1 ? "1 job waits" : jobs + " jobs wait", seconds);
    }
  }

  /** How long it has been at what it does. */
  private static Duration lasts(WorkerThread<?, ?> worker) {
    boolean serves = worker.phase().is(Phase.SERVING);
    long since = serves ? worker.counters().since() : worker.phase().since();
    return Duration.ofNanos(System.nanoTime() - since);
  }
}
