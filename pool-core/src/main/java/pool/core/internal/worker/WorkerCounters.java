package pool.core.internal.worker;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one worker counts and publishes. Only the worker writes, so it never contends; the counters
 * have cache lines of their own, so no reader slows another worker down. Why a {@link VarHandle}:
 * see {@link pool.core.internal.bulk.BulkRanges}.
 *
 * <p>A run has a number: the sequence is odd while a run is on the stack, and each run has the next
 * odd number. A submitted job is counted as started after it has started, and as ended before its
 * future is done.
 */
public final class WorkerCounters {

  private static final int SEQUENCE = 16; // the first 128 bytes are left free, and the last
  private static final int STARTED = 17;
  private static final int SUCCEEDED = 18;
  private static final int FAILED = 19;
  private static final int DROPPED = 20;
  private static final int FAILED_IN_VAIN = 21;
  private static final int SINCE = 22;
  private static final int TOGETHER = 23; // jobs of the batch that runs; 0 when none does
  private static final int MORE_JOBS = 24; // than runs
  private static final int RETRIES = 25;
  private static final int LENGTH = 41;

  private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values = new long[LENGTH];

  private long startedSeen; // under the pool's lock

  WorkerCounters() {
    sampledClock(System.nanoTime());
  }

  // The worker:

  private void add(int which, int more) {
    VALUE.setRelease(values, which, values[which] + more);
  }

  /** The worker has seen that its job has not settled. */
  void runBegins() {
    add(SEQUENCE, 1);
  }

  void runReturned() {
    add(SEQUENCE, 1);
  }

  /** A submitted job was started. */
  void jobStarted() {
    add(STARTED, 1);
  }

  /** Submitted jobs were started, beside the one before, if there was one: a batch of so many. */
  void batchStarted(int more, int size) {
    VALUE.setRelease(values, TOGETHER, (long) size);
    add(STARTED, more);
  }

  /** What has become of the jobs of the batch was counted. */
  void batchEnded() {
    VALUE.setRelease(values, TOGETHER, 0L);
  }

  /** The run that has returned was for so many jobs; fewer than its batch if it was rolled back. */
  void batchRan(int jobs) {
    add(MORE_JOBS, jobs - 1);
  }

  /** A submitted job that was started waits again. */
  void jobWaitsAgain() {
    add(STARTED, -1);
  }

  /** A run has put a job off. */
  void jobPutOff() {
    add(RETRIES, 1);
  }

  /** A submitted job has succeeded. */
  void jobSucceeded() {
    add(SUCCEEDED, 1);
  }

  /** A submitted job has failed in its run. */
  void jobFailed() {
    add(FAILED, 1);
  }

  /** The run of a submitted job has returned after somebody else had settled the job. */
  void jobDropped() {
    add(DROPPED, 1);
  }

  /** A run threw after somebody else had settled its job. */
  void failedInVain() {
    add(FAILED_IN_VAIN, 1);
  }

  void sampledClock(long nanos) {
    VALUE.setOpaque(values, SINCE, nanos);
  }

  // Any thread:

  private long get(int which) {
    return (long) VALUE.getVolatile(values, which);
  }

  /** The number of the run that is on the stack; even when none is. */
  public long sequence() {
    return get(SEQUENCE);
  }

  public static boolean isRun(long number) {
    return (number & 1) != 0;
  }

  /** How many runs have returned, those included whose job somebody else had settled. */
  long runs() {
    return get(SEQUENCE) >>> 1;
  }

  /** For how many jobs runs have returned. */
  long jobs() {
    return runs() + get(MORE_JOBS);
  }

  /** How many runs have put a job off. */
  long retries() {
    return get(RETRIES);
  }

  /** How many submitted jobs have succeeded. */
  long succeeded() {
    return get(SUCCEEDED);
  }

  /** How many jobs have failed in their runs. */
  long failed() {
    return get(FAILED);
  }

  /** How many runs threw. */
  long failures() {
    return failed() + get(FAILED_IN_VAIN);
  }

  /**
   * What has become of jobs that were started; those of bulk calls are among them once they were
   * taken out.
   *
   * @param started submitted jobs, of which one may run, or a batch
   */
  public record Snapshot(long succeeded, long failed, long started) {

    static final Snapshot NONE = new Snapshot(0, 0, 0);

    Snapshot plus(Snapshot other) {
      return new Snapshot(
          succeeded + other.succeeded, failed + other.failed, started + other.started);
    }
  }

  /**
   * Reads what has ended first, then whether more were started: so the worker never seems to run
   * two, or more than its batch.
   */
  Snapshot snapshot() {
    long succeeded = get(SUCCEEDED);
    long failed = get(FAILED);
    long ended = succeeded + failed + get(DROPPED);
    long most = ended + Math.max(1, get(TOGETHER));
    return new Snapshot(succeeded, failed, Math.min(get(STARTED), most));
  }

  /** When the worker last looked at the clock: before it started what it runs. */
  public long since() {
    return (long) VALUE.getOpaque(values, SINCE);
  }

  // Under the lock:

  /** How many more submitted jobs were started than when this was last asked. */
  long takeNewlyStarted() {
    long started = get(STARTED);
    long more = started - startedSeen;
    startedSeen = started;
    return more;
  }
}
