package pool.core.internal.life;

import java.util.function.BooleanSupplier;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/**
 * Calls the supervisor: whoever begins something that is to be timed rings. The supervisor's thread
 * starts at the first ring, and dozes while nothing is to be timed.
 *
 * <p>Everything is under the pool's lock, so a ring is either seen by the look that follows it, or
 * ends the doze before it.
 */
public final class Bell {

  private final Lifecycle life;
  private final BooleanSupplier starter; // false when no thread can be had
  private final PoolCondition rung;

  private boolean isStarted;
  private boolean isDozing;
  private boolean hasRung;
  private boolean isOver;
  private long looksNext = TimedWait.NEVER;
  private boolean isDue; // something, before that

  public Bell(PoolLock lock, Lifecycle life, BooleanSupplier starter) {
    this.life = life;
    this.starter = starter;
    this.rung = lock.condition();
  }

  /** Something is to be timed that was not before. While the pool opens, its opener keeps time. */
  public void ring() {
    if (life.isOpening() || isOver) {
      return;
    }
    hasRung = true;
    if (!isStarted) {
      isStarted = starter.getAsBoolean(); // if that failed, it is tried at the next ring
    } else if (isDozing) {
      rung.signal();
    }
  }

  /** The same, though it dozes not, if that is to be done before it looks next. */
  public void ringBy(long deadline) {
    isDue |= looksNext == TimedWait.NEVER || deadline - looksNext < 0;
    ring();
    if (isDue) {
      rung.signal();
    }
  }

  /** The pool is closed. */
  public void end() {
    isOver = true;
    rung.signal();
  }

  /**
   * The supervisor waits so long, or, when it dozes, until the next ring; false when all is over.
   */
  public boolean await(long nanos, boolean dozes) {
    isDozing = dozes;
    try {
      long deadline = nanos == TimedWait.NEVER ? nanos : System.nanoTime() + nanos;
      looksNext = deadline;
      boolean _ = TimedWait.until(() -> isOver || isDue || (isDozing && hasRung), rung, deadline);
    } catch (InterruptedException e) {
      // by a stranger: it just looks early
    }
    isDozing = false;
    hasRung = false;
    isDue = false;
    looksNext = TimedWait.NEVER; // until it has said when
    return !isOver;
  }
}
