package pool.core;

import java.util.Optional;

/**
 * What a {@link WorkerPool#replaceWorkers()} has done.
 *
 * @param replaced slots that have a new worker
 * @param left slots without a new worker: they still have an old one, or are opening one
 * @param cause why the call ended early, one of: what the opening or the ping of a new worker
 *     threw; a {@code TimeoutException} when that took longer than {@code openTimeout}; an {@code
 *     InterruptedException}; a {@link PoolClosedException}. Empty when it is complete
 */
public record ReplaceReport(int replaced, int left, Optional<Throwable> cause) {

  /**
   * Whether every worker was replaced: then no job starts on an old worker.
   *
   * @return true when none is left
   */
  public boolean isComplete() {
    return left == 0 && cause.isEmpty();
  }
}
