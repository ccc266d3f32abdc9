package pool.core.internal.bulk;

import java.util.List;
import pool.core.internal.util.PoolLock;

/** A bulk call of two slots, and what their workers do with it. */
public final class BulkOfTwo {

  public final BulkCall<String, String> bulk;
  private final PoolLock lock = new PoolLock();

  public BulkOfTwo(String... jobs) {
    bulk =
        new BulkCall<>(
            BulkCalls.jobs(List.of(jobs)),
            false,
            false,
            new int[] {0, 1},
            2,
            lock.condition(),
            null);
  }

  /**
   * A slot's worker comes to the bulk call: the position that it has started, or {@link
   * BulkRanges#LEFT}.
   */
  public int start(int slot) {
    lock.lock();
    try {
      return bulk.start(slot) ? bulk.position(slot) : BulkRanges.LEFT;
    } finally {
      lock.unlock();
    }
  }

  /** Keeps a result of a position, and goes on to the next, which is returned. */
  public int succeeded(int slot, int position) {
    return bulk.succeeded(slot, position, "result", false);
  }

  /** A worker does its share, from a position that it has started; returns the jobs that it did. */
  public String doAll(int slot, int first) {
    StringBuilder done = new StringBuilder();
    for (int position = first; position >= 0; position = succeeded(slot, position)) {
      done.append(bulk.job(slot, position));
    }
    return done.toString();
  }

  public boolean cancelRun(int slot) {
    lock.lock();
    try {
      return bulk.cancelRun(slot);
    } finally {
      lock.unlock();
    }
  }
}
