package pool.core;

import java.util.List;

/**
 * A snapshot of a pool.
 *
 * {@snippet :
 * PoolStats now = pool.stats();
 * tell.accept(now.state() + ": " + now.queued() + " wait, " + now.running() + " run");
 * for (WorkerStats worker : now.workers()) {
 *   worker
 *       .currentJob()
 *       .ifPresent(job ->
 *           tell.accept(
 *               worker.name() + ": " + job + " since " + worker.currentJobSince().orElseThrow()));
 * }
 * }
 *
 * <p>The counts add up: {@code submitted = queued + running + succeeded + failed + cancelled +
 * notStarted}. Every future that was seen done before the snapshot was taken counts as settled.
 *
 * @param state the state of the pool
 * @param queued the number of jobs that wait, including those of bulk calls
 * @param running the number of jobs that run
 * @param submitted the number of jobs that the pool has accepted
 * @param succeeded the number of jobs that have succeeded
 * @param failed the number of jobs that have failed: the run threw, or took longer than {@code
 *     jobTimeout}, or no worker could be opened for the job
 * @param cancelled the number of jobs that were cancelled
 * @param notStarted the number of jobs that were not started
 * @param retried how many runs have put their job off, to run again later
 * @param workers the slots, in order; unmodifiable
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
