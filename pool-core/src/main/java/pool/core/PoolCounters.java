package pool.core;

import java.util.stream.Stream;

/**
 * The counts of a pool's jobs. Starts, successes and failures are counted by each worker for itself
 * ({@link WorkerCounters}), submits by the ring; the rest, which is rare, here, under the pool's
 * lock.
 *
 * <p>What waits and what runs is not counted, but is what remains: {@code submitted = queued +
 * running + settled} therefore holds in every snapshot. A snapshot reads what has ended first, then
 * whether anything was started since, of each worker, and last what was submitted: so it is never
 * less than what was seen before it, and no worker seems to run two jobs. Only a job that was
 * cancelled within the nanoseconds between its start and the count of it could make {@code running}
 * negative; that one is still counted as queued, and so it is set right.
 */
final class PoolCounters<J, R> {

  /** All counts at one moment. */
  record Snapshot(
      long submitted,
      long queued,
      long running,
      long succeeded,
      long failed,
      long cancelled,
      long notStarted) {}

  private final Slots<J, R> workers;
  private final Admission<J, R> admission;

  // Under the lock:
  private long inBatches; // submitted
  private long withdrawn;
  private long cancelledRuns;
  private long timedOutRuns;
  private long notStarted;
  private long unserved; // failed without having been started
  private long unservedInBatches;
  private int witness; // the worker that was last seen to run something unsettled

  private long startedSeen; // by all workers

  PoolCounters(Slots<J, R> workers, Admission<J, R> admission) {
    this.workers = workers;
    this.admission = admission;
  }

  // Under the lock:

  void submittedBatch(int jobs) {
    inBatches += jobs;
  }

  void withdrew() {
    withdrawn++;
  }

  void cancelledRun() {
    cancelledRuns++;
  }

  void timedOutRun() {
    timedOutRuns++;
  }

  void notStarted(int jobs) {
    notStarted += jobs;
  }

  void unserved(int jobs) {
    unserved += jobs;
  }

  void unservedInBatch(int jobs) {
    unservedInBatches += jobs;
  }

  Snapshot snapshot() {
    long succeeded = 0;
    long runsFailed = 0;
    long dropped = 0;
    long busy = 0;
    for (WorkerThread<J, R> worker : everyWorker()) {
      WorkerCounters.Snapshot counters = worker.counters.snapshot();
      succeeded += counters.succeeded();
      runsFailed += counters.failed();
      dropped += counters.dropped();
      busy += counters.isBusy() ? 1 : 0;
    }
    long started = succeeded + runsFailed + dropped + busy;
    long neverStarted = withdrawn + notStarted + unserved + unservedInBatches;
    long running =
        busy - (cancelledRuns + timedOutRuns - dropped); // not those that were cancelled and run on
    long submitted = submitted();
    return new Snapshot(
        submitted,
        submitted - started - neverStarted + Math.min(0, running),
        Math.max(0, running),
        succeeded,
        runsFailed + timedOutRuns + unserved + unservedInBatches,
        withdrawn + cancelledRuns,
        notStarted);
  }

  /** Whether all that was submitted has settled. */
  boolean areSettled() {
    for (int i = 0; i < workers.size(); i++) {
      if (workers.get(witness).runner.isRunning()) {
        return false; // without looking at all others again and again, as the last of many end
      }
      witness = (witness + 1) % workers.size();
    }
    long settled =
        withdrawn + cancelledRuns + timedOutRuns + notStarted + unserved + unservedInBatches;
    for (WorkerThread<J, R> worker : everyWorker()) {
      settled += worker.counters.succeeded() + worker.counters.failed();
    }
    return settled == submitted(); // read last: whatever was settled was submitted before
  }

  /** Also those that were abandoned and replaced. */
  private Iterable<WorkerThread<J, R>> everyWorker() {
    return workers.replaced().isEmpty()
        ? workers
        : () -> Stream.concat(workers.stream(), workers.replaced().stream()).iterator();
  }

  long submitted() {
    return admission.jobs() + inBatches;
  }

  /**
   * How many jobs wait, for the queue's bound: at least as many as do, as long as no job is
   * accepted meanwhile. As of what is known of each worker; see {@link #countStarted}.
   */
  long waitingJobs() {
    return admission.jobs() - withdrawn - unserved - startedSeen;
  }

  /** Looks how many jobs a worker has started: it says so itself when somebody waits for that. */
  void countStarted(WorkerThread<J, R> worker) {
    startedSeen += worker.startedSinceLastLook();
  }

  /** Looks at every worker, of which there may be very many. */
  void countStartedByAll() {
    everyWorker().forEach(this::countStarted);
  }
}
