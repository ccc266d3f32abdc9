package pool.core.internal.worker;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import pool.core.WorkerStats;
import pool.core.internal.job.Work;
import pool.core.internal.queue.SlotQueue;

/**
 * Where a worker lives. It owns what waits for it alone, the thread that lives in it, and what that
 * and the threads before it have counted. It gets another thread only when its own was abandoned,
 * under the pool's lock; any thread may read.
 */
public final class Slot<J, R> {

  private final int index;
  private final String name;
  private final SlotQueue<J, R> queue;
  private final List<WorkerCounters> before = new CopyOnWriteArrayList<>(); // of abandoned threads
  private volatile @Nullable WorkerThread<J, R> thread; // null only while the pool is made
  private volatile WorkerSource<J, R> source; // changed under the lock

  Slot(int index, String name, SlotQueue<J, R> queue, WorkerSource<J, R> source) {
    this.index = index;
    this.name = name;
    this.queue = queue;
    this.source = source;
  }

  public int index() {
    return index;
  }

  /** The name of its workers. */
  public String name() {
    return name;
  }

  public SlotQueue<J, R> queue() {
    return queue;
  }

  public WorkerThread<J, R> thread() {
    return Objects.requireNonNull(thread);
  }

  /** Whether its thread was abandoned, and it has no other. Exact under the lock. */
  public boolean isEmpty() {
    return thread().isGone();
  }

  /** Under the lock, or while the pool is made. */
  public void fill(WorkerThread<J, R> next) {
    if (thread != null) {
      before.add(thread.counters());
    }
    thread = next;
    queue.filledBy(next.parker());
  }

  /** Where its workers come from. */
  public WorkerSource<J, R> source() {
    return source;
  }

  /** Workers of another source are to leave. Under the lock. */
  public void setSource(WorkerSource<J, R> next) {
    source = next;
  }

  /** Whether its workers come from that, or from another. */
  public boolean hasSource(@Nullable WorkerSource<J, R> that) {
    return source.isSame(that);
  }

  private long sum(ToLongFunction<WorkerCounters> count) {
    long sum = count.applyAsLong(thread().counters());
    for (WorkerCounters one : before) {
      sum += count.applyAsLong(one);
    }
    return sum;
  }

  /** What has become of the jobs that its workers have started. */
  WorkerCounters.Snapshot snapshot() {
    WorkerCounters.Snapshot sum = thread().counters().snapshot();
    for (WorkerCounters one : before) {
      sum = sum.plus(one.snapshot());
    }
    return sum;
  }

  /** How many jobs that its workers have run to their end have settled so. */
  long settledByRuns() {
    return sum(one -> one.succeeded() + one.failed());
  }

  /** How many of their runs have put a job off. */
  long retries() {
    return sum(WorkerCounters::retries);
  }

  /** How many more submitted jobs were started here than when this was last asked. */
  long takeNewlyStarted() {
    return sum(WorkerCounters::takeNewlyStarted);
  }

  public WorkerStats stats() {
    WorkerThread<J, R> now = thread();
    Work<J, R> work = now.runner().current();
    Optional<Object> job =
        work != null && work.isRunning(index)
            ? Optional.ofNullable(work.runningJob(index))
            : Optional.empty();
    return new WorkerStats(
        name,
        now.phase().shown(work, index),
        sum(WorkerCounters::jobs),
        sum(WorkerCounters::failures),
        job,
        job.map(_ -> Instant.now().minusNanos(System.nanoTime() - now.counters().since())),
        now.openedCount());
  }
}
