package pool.core;

import java.util.List;

/**
 * A pool at one moment. {@code submitted = queued + running + succeeded + failed + cancelled +
 * notStarted}; every future that was seen done before the snapshot was taken is counted as settled.
 *
 * @param state where the pool is in its life
 * @param queued jobs that wait, those of bulk calls included
 * @param running jobs that run
 * @param submitted jobs that were accepted
 * @param succeeded jobs that were done
 * @param failed jobs whose run threw or took longer than {@code jobTimeout}, or that no worker
 *     could be opened for
 * @param cancelled jobs that were cancelled
 * @param notStarted jobs that were not started
 * @param retried how often a job was put off, to be run again later
 * @param workers the slots, in order
 */
public record PoolStats(
    PoolState state,
    long queued,
    long running,
    long submitted,
    long succeeded,
    long failed,
    long cancelled,
    long notStarted,
    long retried,
    List<WorkerStats> workers) {

  /** Copies the list. */
  public PoolStats {
    workers = List.copyOf(workers);
  }
}
