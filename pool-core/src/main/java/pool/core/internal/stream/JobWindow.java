package pool.core.internal.stream;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import pool.core.JobFailedException;
import pool.core.Outcome;
import pool.core.PoolClosedException;
import pool.core.internal.job.JobFuture;
import pool.core.internal.life.Base;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.supervise.WorkerWaits;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.JobSettler;

/**
 * The jobs of a stream that are under way: a window that moves over its source. It takes jobs until
 * an outcome is ready or the bound of workers + capacity, but at most workers + 1,024, is reached;
 * so a fast consumer keeps every worker busy, and a source without end is never more than the bound
 * ahead. When the queue is full it waits for room or for an outcome, whichever comes first.
 *
 * <p>Used by one thread at a time; any may cancel it.
 */
final class JobWindow<J, R> {

  private static final int MOST_AHEAD_OF_WORKERS = 1_024;

  /** What it needs of a pool. */
  record Pool<J, R>(
      Base base, JobQueue<J, R> queue, JobSettler<J, R> settler, WorkerWaits<J, R> waits) {}

  /** An outcome and its job's index in the source. */
  record Settled<J, R>(long index, Outcome<J, R> outcome) {}

  private record Taken<J, R>(long index, J job, JobFuture<J, R> future) {}

  private final Pool<J, R> pool;
  private final boolean ordered;
  private final int bound;
  private final Set<JobFuture<J, R>> underWay = ConcurrentHashMap.newKeySet();
  private final Queue<Taken<J, R>> inOrder = new ArrayDeque<>();
  private final BlockingQueue<Taken<J, R>> done = new LinkedBlockingQueue<>();

  private long taken;
  private @Nullable JobFuture<J, R> offered; // of the job that was not accepted yet
  private final AtomicReferenceArray<@Nullable JobFuture<J, R>> delivered; // one of each slot
  private volatile boolean ended;
  private volatile boolean waitsForRoom;

  /**
   * A window that is empty.
   *
   * @param ordered whether outcomes come in the order of their jobs, or as they are ready
   */
  JobWindow(Pool<J, R> pool, boolean ordered) {
    this.pool = pool;
    this.ordered = ordered;
    this.delivered = new AtomicReferenceArray<>(pool.base.settings().workers());
    this.bound =
        pool.base.settings().workers()
            + Math.min(pool.base.settings().queueCapacity(), MOST_AHEAD_OF_WORKERS);
  }

  boolean isEmpty() {
    return underWay.isEmpty();
  }

  boolean isFull() {
    return underWay.size() >= bound;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Whether an outcome can be had without waiting. */
  boolean isReady() {
    Taken<J, R> head = inOrder.peek();
    return head != null ? head.future().isDone() : !done.isEmpty();
  }

  /**
   * Accepts a job; false when an outcome is ready before the queue has room, or, as the pool
   * closes, before that is thrown. The job is then to be offered again.
   */
  boolean take(J job) throws InterruptedException {
    if (job == null) {
      throw new NullPointerException("job %d of the stream is null".formatted(taken));
    }
    JobFuture<J, R> future = offered == null ? pool.queue.future(job) : offered;
    offered = future; // once: what surrounds the submitter is captured with it
    if (!submit(future)) {
      return false;
    }
    offered = null;
    Taken<J, R> next = new Taken<>(taken++, job, future);
    underWay.add(future);
    if (ended) { // whoever cancels may not have met it
      future.cancel(true);
    }
    if (ordered) {
      inOrder.add(next);
    }
    CompletableFuture<?> _ = future.whenComplete((_, _) -> isDone(next));
    return true;
  }

  /** False when an outcome is ready before the queue has room. */
  private boolean submit(JobFuture<J, R> future) throws InterruptedException {
    waitsForRoom = true;
    try {
      return pool.queue.submitUnless(() -> ended || isReady(), future, TimedWait.NEVER);
    } catch (PoolClosedException e) {
      if (underWay.isEmpty()) {
        throw e;
      }
      return false; // it is thrown once all that was accepted has been delivered
    } finally {
      waitsForRoom = false;
    }
  }

  /** On the worker, or whoever settled the job. */
  private void isDone(Taken<J, R> next) {
    if (!ordered) {
      done.add(next);
    }
    if (waitsForRoom) { // set before it looks whether an outcome is ready, read after one is
      pool.queue.wakeSubmitters();
    }
  }

  /** The next outcome; waits for it. Null when the window is empty. */
  @Nullable Settled<J, R> next() throws InterruptedException {
    if (underWay.isEmpty()) {
      return null;
    }
    Taken<J, R> next = ordered ? inOrder.remove() : takeDone();
    next.future().awaitDone();
    keepDelivered(next.future()); // before it is removed: it is seen there or here
    underWay.remove(next.future());
    return new Settled<>(next.index(), next.future().outcome(next.job()));
  }

  /**
   * The run of a job may still be under way: past its time-out, or for others of its batch. A slot
   * is at one run at a time, so one job of each slot will do.
   */
  private void keepDelivered(JobFuture<J, R> future) {
    int slot = future.startedBy();
    JobFuture<J, R> before = slot < 0 ? null : delivered.get(slot);
    if (slot >= 0 && (before == null || !pool.settler.isOnStack(before))) {
      delivered.set(slot, future);
    }
  }

  private Taken<J, R> takeDone() throws InterruptedException {
    Taken<J, R> ready = done.poll();
    if (ready != null) {
      return ready;
    }
    try {
      pool.waits.begin(underWay, () -> underWay.stream().anyMatch(JobFuture::isSettled));
      return done.take();
    } finally {
      pool.waits.end();
    }
  }

  /** The result of a job that has succeeded; throws if it has not. */
  @SuppressWarnings("NullAway") // a result may be null
  R resultOf(Settled<J, R> settled) {
    return switch (settled.outcome()) {
      case Outcome.Succeeded<J, R> succeeded -> succeeded.result();
      case Outcome.Failed<J, R>(J job, Throwable cause) ->
          throw new JobFailedException(job, settled.index(), cause);
      case Outcome.Cancelled<J, R> _, Outcome.NotStarted<J, R> _ ->
          throw pool.base
              .life()
              .closedCause("job %d of the stream was not done".formatted(settled.index()));
    };
  }

  /** Cancels what is under way and waits until it has stopped. Any thread. */
  void cancel() {
    ended = true;
    pool.queue.wakeSubmitters(); // the consumer may wait for room
    Set<JobFuture<J, R>> futures = new HashSet<>(underWay);
    futures.forEach(future -> future.cancel(true));
    for (int slot = 0; slot < delivered.length(); slot++) {
      JobFuture<J, R> last = delivered.get(slot);
      if (last != null) {
        futures.add(last);
      }
    }
    if (!futures.isEmpty()) {
      pool.settler.awaitReturn(work -> work.parts().stream().anyMatch(futures::contains));
      underWay.removeAll(futures); // not before: the consumer may have been woken, and waits, too
    }
  }

  String poolName() {
    return pool.base.settings().name();
  }
}
