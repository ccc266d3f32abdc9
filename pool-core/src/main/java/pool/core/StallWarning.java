package pool.core;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Notices that a pool which drains does not get on, for one closer; used under the pool's lock. */
final class StallWarning<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private final PoolCore<J, R> core;
  private final long patience;
  private long movedAt = System.nanoTime();
  private long progress;
  private @Nullable Thread warning; // the last

  StallWarning(PoolCore<J, R> core) {
    this.core = core;
    this.patience = core.settings.stallAfter().toNanos();
    this.progress = progress();
  }

  /** What changes when anything moves. */
  private long progress() {
    long moved = core.counters.submitted();
    for (WorkerThread<J, R> worker : core.workers) {
      moved += worker.counters.started() + worker.counters.returned() + worker.phase.since();
    }
    return moved;
  }

  long untilNextLook() {
    return Math.max(1, patience - (System.nanoTime() - movedAt));
  }

  /** Whether nothing has moved for too long; then it is due again after as long. */
  boolean isDue() {
    long now = progress();
    boolean moved = now != progress;
    boolean isDue = !moved && System.nanoTime() - movedAt >= patience;
    if (moved || isDue) {
      progress = now;
      movedAt = System.nanoTime();
    }
    return isDue;
  }

  /** Warns, on a thread of its own: it asks jobs for their text, which may hang as well. */
  void warn() {
    if (warning == null || !warning.isAlive()) {
      warning = core.cancelExecutor.run(this::tell);
    }
  }

  /** Names each worker that has not ended, what it does, for how long, and where. */
  private void tell() {
    StringBuilder text = new StringBuilder();
    for (WorkerThread<J, R> worker : core.workers) {
      if (!worker.phase.isOver()) {
        WorkerStats stats = worker.stats();
        text.append("%n  %s: %s".formatted(stats.name(), stats.state()));
        stats.currentJob().ifPresent(job -> text.append(" job ").append(SafeText.of(job)));
        text.append(" for ").append(lasts(worker).toSeconds()).append(" s");
        text.append(CloseReport.lines(List.of(worker.thread().getStackTrace())));
      }
    }
    LogLine.of(LOG, Level.WARN, core.settings.name())
        .log(
            "pool '{}' is closing, and nothing has moved for {}:{}",
            core.settings.name(),
            Duration.ofNanos(patience),
            text);
  }

  /** How long it has been at what it does. */
  private static Duration lasts(WorkerThread<?, ?> worker) {
    return worker.phase.is(WorkerState.IDLE)
        ? Duration.ofNanos(System.nanoTime() - worker.counters.since())
        : worker.phase.lastsFor();
  }
}
