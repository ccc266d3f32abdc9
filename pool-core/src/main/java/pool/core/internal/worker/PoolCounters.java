package pool.core.internal.worker;

import java.util.List;
import pool.core.WorkerStats;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkCalls;
import pool.core.internal.life.Counts;
import pool.core.internal.queue.JobQueue;

/**
 * What became of a pool's jobs. Successes and failures of submitted jobs are counted by each worker
 * for itself ({@link WorkerCounters}), as it does failures in bulk calls; what has succeeded there
 * follows from the ranges; submits are counted by the queue; the rest, which is rare, here.
 *
 * <p>What runs is what has left the queue, started or settled there, and has not settled; what
 * waits is not counted, but is what remains: {@code submitted = queued + running + settled}
 * therefore holds in every snapshot. A snapshot reads what has ended first, then what was started,
 * of each worker, and last and once what was submitted, which goes up without the lock: so no part
 * is less than what was seen before. Within the nanoseconds between a job's start and the count of
 * it, a cancel makes {@code running} one too small: another job that runs then counts as queued,
 * or, if none does, the -1 is taken for 0.
 *
 * <p>Everything is under the pool's lock.
 */
public final class PoolCounters<J, R> {

  private final Slots<J, R> slots;
  private final JobQueue<J, R> queue;
  private final BulkCalls<J, R> bulkCalls;

  private long cancelled;
  private long notStarted;
  private long failed; // otherwise than by their runs: timed out, or nobody was left to do them
  private int witness; // the slot that was last seen to run something unsettled

  public PoolCounters(Slots<J, R> slots, JobQueue<J, R> queue, BulkCalls<J, R> bulkCalls) {
    this.slots = slots;
    this.queue = queue;
    this.bulkCalls = bulkCalls;
  }

  void countCancelled() {
    cancelled++;
  }

  void countNotStarted() {
    notStarted++;
  }

  /** A job has failed otherwise than by its run. */
  void countFailed() {
    failed++;
  }

  /** How many runs have put a job off. */
  public long retries() {
    return slots.stream().mapToLong(Slot::retries).sum();
  }

  public long submitted() {
    return queue.submitted() + bulkCalls.submitted();
  }

  public Counts counts() {
    BulkCall.Tally bulk = bulkCalls.tally();
    WorkerCounters.Snapshot runs = WorkerCounters.Snapshot.NONE;
    for (Slot<J, R> slot : slots) {
      runs = runs.plus(slot.snapshot());
    }
    long succeeded = bulk.succeeded() + runs.succeeded();
    long allFailed = runs.failed() + failed;
    long settled = succeeded + allFailed + cancelled + notStarted;
    long left = queue.settledWaiting() + runs.started() + bulkCalls.submitted() - bulk.unstarted();
    long running = Math.max(0, left - settled);
    long submitted = submitted();
    return new Counts(
        submitted,
        submitted - settled - running,
        running,
        succeeded,
        allFailed,
        cancelled,
        notStarted);
  }

  /** Whether all that was submitted has settled. */
  public boolean areSettled() {
    if (!bulkCalls.haveEnded()) {
      return false;
    }
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(witness).thread().runner().isRunning()) {
        return false; // without looking at all others again and again, as the last of many end
      }
      witness = (witness + 1) % slots.size();
    }
    long settled = bulkCalls.tally().succeeded() + failed + cancelled + notStarted;
    for (Slot<J, R> slot : slots) {
      settled += slot.settledByRuns();
    }
    return settled == submitted(); // read last: whatever was settled was submitted before
  }

  public List<WorkerStats> workers() {
    return slots.stream().map(Slot::stats).toList();
  }
}
