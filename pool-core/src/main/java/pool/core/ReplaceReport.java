package pool.core;

import java.util.Optional;

/**
 * Reports what {@link WorkerPool#replaceWorkers()} has done.
 *
 * @param replaced the number of slots that have a new worker
 * @param left the number of slots that have none: they still have an old worker, or are opening one
 * @param cause why the call ended early: what the opening or the ping of a new worker threw, a
 *     {@code TimeoutException} if that took longer than {@code openTimeout}, an {@code
 *     InterruptedException}, or a {@link PoolClosedException}; empty if the report is complete
 */
public record ReplaceReport(int replaced, int left, Optional<Throwable> cause) {

  /**
   * Returns whether every worker was replaced. If so, no job starts on an old worker any more.
   *
   * @return {@code true} if no slot is left
   */
  public boolean isComplete() {
    return left == 0 && cause.isEmpty();
  }
}
