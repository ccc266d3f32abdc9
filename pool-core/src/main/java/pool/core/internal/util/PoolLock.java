package pool.core.internal.util;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock of a pool. It is held for a block: {@code try (var _ = lock.hold()) { ... }}. Foreign
 * code, such as a logger, may block, and is not called while it is held. Threads that are woken
 * under it are unparked when it is free, since they may want it, and before its holder waits.
 */
@SuppressWarnings("serial") // it never is serialized
public final class PoolLock extends ReentrantLock {

  /** The lock while it is held; to close it is to unlock. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private final transient Held held = this::free;

  // Under this lock:
  private final transient Deque<Thread> woken = new ArrayDeque<>(); // and yet to be unparked
  private final transient Deque<Runnable> postponed = new ArrayDeque<>();

  /** Makes a condition of this lock. */
  public PoolCondition condition() {
    return new PoolCondition(this, newCondition());
  }

  /** Takes the lock. */
  public Held hold() {
    lock();
    return held;
  }

  private void free() {
    boolean isHeld = true;
    while (isHeld) {
      boolean isLast = getHoldCount() == 1;
      Thread thread = isLast ? woken.poll() : null;
      Runnable action = isLast && thread == null ? postponed.poll() : null;
      boolean hasMore = isLast && !(woken.isEmpty() && postponed.isEmpty());
      unlock();
      if (thread != null) {
        LockSupport.unpark(thread);
      } else if (action != null) {
        run(action);
      }
      if (hasMore) {
        lock();
      }
      isHeld = hasMore;
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

  /** Has a thread unparked that was woken. Under this lock; throws nothing. */
  public void unpark(Thread thread) {
    try {
      Deques.addLast(woken, thread);
    } catch (OutOfMemoryError e) { // then it may have to wait for the lock
      LockSupport.unpark(thread);
    }
  }

  /**
   * Before its holder waits: unparks whom it has woken, and does what it has postponed, which takes
   * the lock from it for a moment. Whether it did: what is waited for may be so by now.
   */
  boolean freesFirst() {
    boolean frees = getHoldCount() == 1 && !postponed.isEmpty();
    if (frees) {
      free();
      lock();
    } else {
      Thread thread;
      while ((thread = woken.poll()) != null) {
        LockSupport.unpark(thread);
      }
    }
    return frees;
  }
}
