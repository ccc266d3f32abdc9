package pool.core.internal.util;

import java.time.Duration;

/** Notices that something which is counted has not moved for too long, and again after as long. */
public final class Stall {

  private final long patience;
  private long movedAt = System.nanoTime(); // or when that was warned of
  private long progress;

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

  /** It was warned of. */
  public void warned() {
    movedAt = System.nanoTime();
  }

  /** When to look next. */
  public long nextLook() {
    return movedAt + patience;
  }
}
