package pool.core.internal.util;

import java.util.concurrent.locks.ReentrantLock;

/** The lock of a pool. It is held for a block: {@code try (var _ = lock.hold()) { ... }}. */
@SuppressWarnings("serial") // it never is serialized
public final class PoolLock extends ReentrantLock {

  /** The lock while it is held; to close it is to unlock. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  private final transient Held held = this::unlock;

  /** Takes the lock. */
  public Held hold() {
    lock();
    return held;
  }
}
