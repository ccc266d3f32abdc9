package pool.core.internal.util;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock of a pool. It is held for a block: {@code try (var _ = lock.hold()) { ... }}. Foreign
 * code, such as a logger, may block, and is not called while it is held.
 */
@SuppressWarnings("serial") // it never is serialized
public final class PoolLock extends ReentrantLock {

  /** The lock while it is held; to close it is to unlock. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private final transient Held held = this::free;
  private final transient Deque<Runnable> postponed = new ArrayDeque<>(); // under this lock

  /** Takes the lock. */
  public Held hold() {
    lock();
    return held;
  }

  private void free() {
    Runnable action = getHoldCount() > 1 ? null : postponed.poll();
    unlock();
    while (action != null) {
      run(action);
      lock();
      action = postponed.poll();
      unlock();
    }
  }

  private static void run(Runnable action) {
    try {
      action.run();
    } catch (Throwable e) {
      // it has nobody to tell
    }
  }

  /** Runs what must not be run under this lock: now, or when the thread that holds it frees it. */
  public void whenFree(Runnable action) {
    if (isHeldByCurrentThread()) {
      Deques.addLast(postponed, action);
    } else {
      run(action);
    }
  }
}
