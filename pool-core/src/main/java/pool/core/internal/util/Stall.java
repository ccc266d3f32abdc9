package pool.core.internal.util;

import java.time.Duration;

/** Notices that something which is counted has not moved for too long, and again after as long. */
public final class Stall {

  private final long patience;
  private long movedAt = System.nanoTime();
  private long progress;

  /** Begins to watch a count that is so high. */
  public Stall(Duration patience, long progress) {
    this.patience = Nanos.of(patience);
    this.progress = progress;
  }

  /** Whether the count, which is now so high, has not moved for too long. */
  public boolean isDue(long now) {
    boolean hasMoved = now != progress;
    boolean isDue = !hasMoved && System.nanoTime() - movedAt >= patience;
    if (hasMoved || isDue) {
      progress = now;
      movedAt = System.nanoTime();
    }
    return isDue;
  }

  /** When to look next. */
  public long nextLook() {
    return movedAt + patience;
  }
}
