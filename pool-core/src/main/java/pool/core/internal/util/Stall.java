package pool.core.internal.util;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices that something which is counted has not moved for too long, warns of that, and again
 * after as long.
 */
public final class Stall {

  private final long patience;
  private long movedAt = System.nanoTime(); // or when that was warned of
  private long progress;
  private @Nullable Thread warning; // the last

  /** Begins to watch a count that is so high. */
  public Stall(Duration patience, long progress) {
    this.patience = Nanos.of(patience);
    this.progress = progress;
  }

  /** Looks at the count, which is so high now; whether it has not moved for too long. */
  public boolean isDue(long now) {
    if (now != progress) {
      progress = now;
      movedAt = System.nanoTime();
    }
    return System.nanoTime() - movedAt >= patience;
  }

  /**
   * Warns on a thread of its own, since that may call foreign code, unless the last one is still at
   * it.
   */
  public void warn(HelperThreads threads, String role, Runnable warn) {
    restart();
    if (warning == null || !warning.isAlive()) {
      warning = threads.start(role, warn, "nobody is warned");
    }
  }

  /** There is nothing to warn of: looks again after as long. */
  public void restart() {
    movedAt = System.nanoTime();
  }

  /** When to look next. */
  public long nextLook() {
    return movedAt + patience;
  }
}
