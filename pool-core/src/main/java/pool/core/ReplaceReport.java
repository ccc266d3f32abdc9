package pool.core;

import java.util.Optional;

/**
 * What a {@link WorkerPool#replaceWorkers()} has done.
 *
 * @param replaced slots that have a new worker
 * @param left slots that have none yet: their workers are those of before, or are being opened
 * @param cause why it has ended early: what the opening or the ping of a new worker threw, a {@code
 *     TimeoutException} when that took longer than {@code openTimeout}, an {@code
 *     InterruptedException}, or a {@link PoolClosedException}; empty when it is complete
 */
public record ReplaceReport(int replaced, int left, Optional<Throwable> cause) {

  /**
   * Whether every worker was replaced: then no job starts on a worker of before.
   *
   * @return true when none is left
   */
  public boolean isComplete() {
    return left == 0 && cause.isEmpty();
  }
}
