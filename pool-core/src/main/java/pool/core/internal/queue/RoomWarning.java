package pool.core.internal.queue;

import java.time.Duration;
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

  RoomWarning(Base base) {
    this.base = base;
    this.pool = base.settings().name();
    this.patience = base.settings().stallAfter();
    this.stall = new Stall(patience, 0);
  }

  /**
   * Warns, if it is due, of this thread. When it is to look next.
   *
   * @param began when it began to wait
   * @param progress how many jobs have left the queue
   */
  long warnIfDue(long began, long progress) {
    long waited = System.nanoTime() - began;
    if (stall.isDue(progress) && waited >= patience.toNanos()) {
      Thread submitter = Thread.currentThread();
      stall.warn( // the log may itself wait for room
          base.helpers(), "room-warning", () -> warn(submitter, waited));
    }
    long due = began + patience.toNanos();
    return due - stall.nextLook() > 0 ? due : stall.nextLook();
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
