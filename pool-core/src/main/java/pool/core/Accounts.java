package pool.core;

import java.util.stream.Stream;

/**
 * The counts of a pool's jobs. Starts, successes and failures are counted by each worker for itself
 * ({@link Tally}), submits by the ring; the rest, which is rare, here, under the pool's lock.
 *
 * <p>What waits and what runs is not counted, but is what remains: {@code submitted = queued +
 * running + settled} therefore holds in every snapshot. A snapshot reads what has ended first, then
 * whether anything was started since, of each worker, and last what was submitted: so it is never
 * less than what was seen before it, and no worker seems to run two jobs. Only a job that was
 * cancelled within the nanoseconds between its start and the count of it could make {@code running}
 * negative; that one is still counted as queued, and so it is set right.
 */
final class Accounts<J, R> {

  /** All counts at one moment. */
  record Snapshot(
      long submitted,
      long queued,
      long running,
      long succeeded,
      long failed,
      long cancelled,
      long returned) {}

  private final Slots<J, R> workers;
  private final Intake<J, R> intake;

  // Under the lock:
  private long inBatches; // submitted
  private long withdrawn;
  private long cancelledRuns;
  private long timedOutRuns;
  private long returned;
  private long unserved; // failed without having been started
  private long unservedInBatches;
  private int witness; // the worker that was last seen to run something unsettled

  private long startedSeen; // by all workers

  Accounts(Slots<J, R> workers, Intake<J, R> intake) {
    this.workers = workers;
    this.intake = intake;
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

  void returned(int jobs) {
    returned += jobs;
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
      Tally.Snapshot tally = worker.tally.snapshot();
      succeeded += tally.succeeded();
      runsFailed += tally.failed();
      dropped += tally.dropped();
      busy += tally.isBusy() ? 1 : 0;
    }
    long started = succeeded + runsFailed + dropped + busy;
    long neverStarted = withdrawn + returned + unserved + unservedInBatches;
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
        returned);
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
        withdrawn + cancelledRuns + timedOutRuns + returned + unserved + unservedInBatches;
    for (WorkerThread<J, R> worker : everyWorker()) {
      settled += worker.tally.succeeded() + worker.tally.failed();
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
    return intake.jobs() + inBatches;
  }

  /**
   * How many jobs wait, for the queue's bound: at least as many as do, as long as no job is
   * accepted meanwhile. As of what is known of each worker; see {@link #lookAt}.
   */
  long waitingJobs() {
    return intake.jobs() - withdrawn - unserved - startedSeen;
  }

  /** Looks how many jobs a worker has started: it says so itself when somebody waits for that. */
  void lookAt(WorkerThread<J, R> worker) {
    startedSeen += worker.startedSinceLastLook();
  }

  /** Looks at every worker, of which there may be very many. */
  void lookAtAll() {
    everyWorker().forEach(this::lookAt);
  }
}
