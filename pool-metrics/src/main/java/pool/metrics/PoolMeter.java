package pool.metrics;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import pool.core.CloseReport;
import pool.core.JobRun;
import pool.core.PoolListener;
import pool.core.PoolState;
import pool.core.PoolStats;
import pool.core.WorkerStats;

/**
 * Measures a pool: percentiles of waiting and running times, rates, how busy the workers are, the
 * slowest jobs. Give it to the builder of one pool, as its {@code listener}, alone or {@linkplain
 * PoolListener#of with others}.
 *
 * {@snippet file="pool/metrics/Showing.java" region="meter"}
 *
 * {@snippet file="pool/metrics/Showing.java" region="measured"}
 *
 * <p>Its memory is fixed: 15 KiB, plus some 250 bytes for each worker. It keeps no reference to a
 * job. It costs the pool what any listener costs; a pool without a listener pays nothing.
 *
 * <p>One thread writes, a little later than things happen, and any thread may read. Each event and
 * each snapshot is handled under one lock, so that a snapshot is consistent. Only readers ever
 * contend with the listener's thread for this lock, for microseconds.
 */
public final class PoolMeter implements PoolListener {

  private static final BusyTime NEVER = new BusyTime();

  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final long created;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock. Times are nanoseconds since this meter was created.

  private final LogLinear waited = new LogLinear();
  private final LogLinear ran = new LogLinear();
  private final LastMinute runs = new LastMinute();
  private final LastMinute failures = new LastMinute();
  private final SlowestRuns slowest = new SlowestRuns();
  private final Map<String, BusyTime> busy = new HashMap<>();
  private long began = Long.MAX_VALUE;
  private long ended = Long.MAX_VALUE;
  private long succeeded;
  private long failed;
  private long dropped;
  private long putOff;
  private long broke;
  private long abandoned;
  private long notOpened;
  private long queueFull;
  private long lost;

  /** Makes a meter for one pool that is still to be opened. */
  public PoolMeter() {
    this(System::nanoTime, InstantSource.system());
  }

  PoolMeter(LongSupplier nanoTime, InstantSource clock) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.created = nanoTime.getAsLong();
  }

  /**
   * Returns what was measured so far. Any thread may call it.
   *
   * @param now the pool's own figures, from which this takes the runs that have not ended: {@code
   *     meter.snapshot(pool.stats())}
   * @return a copy that does not change
   */
  public MeterSnapshot snapshot(PoolStats now) {
    lock.lock();
    try {
      long until = Math.min(now(), ended);
      long since = Math.min(began, until);
      long minute = until - Math.max(since, LastMinute.begin(until));
      return new MeterSnapshot(
          Duration.ofNanos(until - since),
          new MeterSnapshot.Counts(
              succeeded, failed, dropped, putOff, broke, abandoned, notOpened, queueFull, lost),
          waited.snapshot(),
          ran.snapshot(),
          perSecond(runs.sum(until), minute),
          perSecond(failures.sum(until), minute),
          now.workers().stream().map(worker -> use(worker, since, until)).toList(),
          slowest.list());
    } finally {
      lock.unlock();
    }
  }

  private static double perSecond(long events, long nanos) {
    return nanos <= 0 ? 0 : events * 1e9 / nanos;
  }

  private MeterSnapshot.WorkerUse use(WorkerStats worker, long since, long until) {
    long running = worker.currentJobSince().map(this::when).orElse(until);
    return busy.getOrDefault(worker.name(), NEVER)
        .use(worker.name(), since, until, Math.max(running, since));
  }

  // The pool's listener thread: only this thread writes, so it may read without the lock.

  @Override
  public void jobRan(JobRun run) {
    boolean isSlow = slowest.takes(run.ran());
    String text = isSlow ? run.jobText() : ""; // foreign code, so not under the lock
    note(() -> {
      count(run);
      if (isSlow) {
        slowest.add(new MeterSnapshot.SlowRun(text, run.worker(), run.started(), run.ran()));
      }
    });
  }

  private void count(JobRun run) {
    waited.add(run.waited());
    ran.add(run.ran());
    long end = when(run.started().plus(run.ran()));
    long begin = Math.max(0, end - LogLinear.nanos(run.ran()));
    began = Math.min(began, begin); // it may have begun before workerOpened was called
    runs.add(end, 1);
    if (run.dropped()) {
      dropped++;
    } else if (run.failure().isPresent()) {
      failed++;
      failures.add(end, 1);
    } else {
      succeeded++;
    }
    busy.computeIfAbsent(run.worker(), _ -> new BusyTime()).ran(begin, end);
  }

  @Override
  public void jobPutOff(String worker, Object job, Instant at, Duration delay, Throwable cause) {
    note(() -> putOff++);
  }

  @Override
  public void stateChanged(PoolState state, Instant at) {
    if (state == PoolState.CLOSED) {
      note(() -> ended = when(at));
    }
  }

  @Override
  public void workerOpened(String worker, Instant start, Duration took) {
    note(() -> began = Math.min(began, when(start.plus(took))));
  }

  @Override
  public void workerNotOpened(String worker, Instant at, Throwable cause) {
    note(() -> notOpened++);
  }

  @Override
  public void workerBroke(String worker, Instant at, Throwable cause) {
    note(() -> broke++);
  }

  @Override
  public void workerAbandoned(CloseReport.Abandoned worker, Instant at) {
    note(() -> abandoned++);
  }

  @Override
  public void queueFull(Instant at) {
    note(() -> queueFull++);
  }

  @Override
  public void eventsLost(long events) {
    note(() -> lost += events);
  }

  private void note(Runnable what) {
    lock.lock();
    try {
      what.run();
    } finally {
      lock.unlock();
    }
  }

  // Readers and the listener thread

  private long now() {
    return nanoTime.getAsLong() - created;
  }

  /**
   * Converts to the clock that never jumps: a moment as long ago as the given one, from 0 to now.
   */
  private long when(Instant time) {
    return Math.max(0, now() - LogLinear.nanos(Duration.between(time, clock.instant())));
  }
}
