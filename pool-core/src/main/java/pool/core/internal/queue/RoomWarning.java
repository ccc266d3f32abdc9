package pool.core.internal.queue;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.core.internal.life.Base;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.Stacks;
import pool.core.internal.util.Stall;

/**
 * Warns of a submitter that has waited for room in the queue for long while nothing has moved:
 * perhaps it holds a lock that the jobs need. It names one submitter at a time. Under the pool's
 * lock.
 */
final class RoomWarning {

  private final Base base;
  private final String pool;
  private final Duration patience;
  private final Stall stall;
  private @Nullable Thread warning; // the last

  RoomWarning(Base base) {
    this.base = base;
    this.pool = base.settings().name();
    this.patience = base.settings().stallAfter();
    this.stall = new Stall(patience, 0);
  }

  /** When a submitter that began to wait then is to look next. */
  long nextLook(long began) {
    long own = began + patience.toNanos();
    return own - stall.nextLook() > 0 ? own : stall.nextLook();
  }

  /**
   * Warns, if it is due, of this thread.
   *
   * @param began when it began to wait
   * @param progress how many jobs have left the queue
   */
  void warnIfDue(long began, long progress) {
    long waited = System.nanoTime() - began;
    if (!stall.isDue(progress) || waited < patience.toNanos()) {
      return;
    }
    stall.warned();
    if (warning == null || !warning.isAlive()) { // else the log may itself wait for room
      Thread submitter = Thread.currentThread();
      warning =
          base.helpers().start("room-warning", () -> warn(submitter, waited), "nobody is warned");
    }
  }

  private void warn(Thread submitter, long waited) {
    LogLine.of(Level.WARN, pool)
        .log(
            "the queue of pool '{}' is full, {} has waited for room for {} s, and nothing has moved; if the jobs need what it holds, raise queueCapacity; it is at{}",
            pool,
            submitter.getName().isEmpty() ? submitter : submitter.getName(),
            Duration.ofNanos(waited).toSeconds(),
            Stacks.lines(submitter));
  }
}
