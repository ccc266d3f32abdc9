package pool.core.internal.util;

import java.util.concurrent.locks.Condition;

/**
 * A condition of a {@link PoolLock}, which is held by whoever calls it. To wait frees the lock, so
 * what is to be done when it is free is done first.
 */
public final class PoolCondition {

  private final PoolLock lock;
  private final Condition condition;

  PoolCondition(PoolLock lock, Condition condition) {
    this.lock = lock;
    this.condition = condition;
  }

  /**
   * Waits for one signal, or until a {@link TimedWait deadline}, or less; the caller looks again.
   */
  @SuppressWarnings("WaitNotInLoop")
  public void await(long deadline) throws InterruptedException {
    if (lock.freesFirst()) {
      return;
    }
    if (deadline == TimedWait.NEVER) {
      condition.await();
    } else {
      long _ = condition.awaitNanos(TimedWait.left(deadline));
    }
  }

  public void signal() {
    condition.signal();
  }

  public void signalAll() {
    condition.signalAll();
  }
}
