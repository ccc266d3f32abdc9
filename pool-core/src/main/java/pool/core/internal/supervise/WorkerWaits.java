package pool.core.internal.supervise;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import pool.core.Distribution;
import pool.core.PoolBrokenException;
import pool.core.QueueFullException;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.job.JobFuture;
import pool.core.internal.life.Base;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.worker.JobSettler;
import pool.core.internal.worker.Slot;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerThread;

/**
 * Refuses the waits of workers for their own pool that could never end.
 *
 * <p>A worker that waits directly and without a time-out is noted here with what it waits for. It
 * is refused by two rules:
 *
 * <ol>
 *   <li>it waits for a job that only its own slot may do;
 *   <li>every slot's worker waits so, and none is being opened or replaced: then nobody is left to
 *       do anything, and the last to come is refused.
 * </ol>
 *
 * <p>Neither rule raises a false alarm, though jobs start and end without the lock: only a worker
 * starts or ends a job, and when all of them are noted, none does; a wait whose end has come, but
 * whose worker has not woken yet, does not count. Rings of waits among some of the workers, while
 * others are free, are not found.
 *
 * <p>Everything here is under the pool's lock.
 */
public final class WorkerWaits<J, R> {

  private final Base base;
  private final String pool;
  private final Slots<J, R> slots;
  private final JobQueue<J, R> queue;
  private final DelayedJobs<J, R> delayed;
  private final JobSettler<J, R> settler;
  private final boolean even;
  private final Map<WorkerThread<J, R>, Awaited<J, R>> waits = new HashMap<>();
  private final Set<JobFuture<J, R>> limited = Collections.newSetFromMap(new WeakHashMap<>());

  public WorkerWaits(
      Base base,
      Slots<J, R> slots,
      JobQueue<J, R> queue,
      DelayedJobs<J, R> delayed,
      JobSettler<J, R> settler) {
    this.base = base;
    this.pool = base.settings().name();
    this.slots = slots;
    this.queue = queue;
    this.delayed = delayed;
    this.settler = settler;
    this.even = base.settings().distribution() == Distribution.EVEN;
  }

  /** What a worker waits for. */
  private sealed interface Awaited<J, R> {

    record Job<J, R>(JobFuture<J, R> future) implements Awaited<J, R> {}

    record Race<J, R>(Collection<JobFuture<J, R>> futures, BooleanSupplier isOver)
        implements Awaited<J, R> {}

    record Bulk<J, R>(BulkCall<J, R> bulk) implements Awaited<J, R> {}

    record Room<J, R>(@Nullable BooleanSupplier better) implements Awaited<J, R> {}
  }

  /** Whether a wait is over, though its worker may not know it yet. */
  private boolean isOver(Awaited<J, R> awaited) {
    return switch (awaited) {
      case Awaited.Job<J, R>(var future) -> future.isSettled();
      case Awaited.Race<J, R>(var futures, var isOver) ->
          isOver.getAsBoolean() || futures.stream().allMatch(JobFuture::isSettled);
      case Awaited.Bulk<J, R>(var bulk) -> bulk.isSettled();
      case Awaited.Room<J, R>(var better) ->
          queue.hasRoom() || (better != null && better.getAsBoolean());
    };
  }

  /** Whether only the slot that waits could end the wait. */
  private boolean needs(Awaited<J, R> awaited, Slot<J, R> slot) {
    return switch (awaited) {
      case Awaited.Job<J, R>(var future) ->
          future.isRunning(slot.index())
              || slot.queue().holds(future)
              || delayed.holds(future, slot.index());
      case Awaited.Bulk<J, R>(var bulk) -> even && bulk.hasUnstarted(slot.index());
      case Awaited.Race<J, R>(var futures, var _) ->
          futures.stream()
              .filter(future -> !future.isSettled())
              .allMatch(future -> needs(new Awaited.Job<>(future), slot));
      case Awaited.Room<J, R> _ -> false;
    };
  }

  private RuntimeException refusal(Awaited<J, R> awaited, String worker) {
    return switch (awaited) {
      case Awaited.Job<J, R> _ -> refusal(worker, "a job");
      case Awaited.Race<J, R> _ -> refusal(worker, "one of several jobs");
      case Awaited.Bulk<J, R> _ -> refusal(worker, "a bulk call");
      case Awaited.Room<J, R> _ ->
          new QueueFullException(
              "the queue of pool '%s' is full: %s would wait for ever for room, since every worker waits for its own pool; raise queueCapacity, use more workers, or do not submit from a job"
                  .formatted(pool, worker));
    };
  }

  private IllegalStateException refusal(String worker, String what) {
    return new IllegalStateException(
        "%s would wait for ever for %s of its own pool '%s': no worker is left that could do it; use more workers, wait with a time-out, or do not wait in a job"
            .formatted(worker, what, pool));
  }

  /**
   * Notes that this thread, if it is a worker's, waits for a future until {@link #end}, which is
   * called also if this throws; a wait that a time-out ends is not noted.
   *
   * @throws IllegalStateException when the wait could never end
   */
  public void begin(JobFuture<J, R> future) {
    WorkerThread<J, R> worker = WorkerThread.current(base.lock());
    if (worker != null) {
      try (var _ = base.hold()) {
        if (!limited.contains(future)) {
          begin(worker, new Awaited.Job<>(future));
        }
      }
    }
  }

  /** The same for one of several jobs. */
  public void begin(Collection<JobFuture<J, R>> race, BooleanSupplier isOver) {
    WorkerThread<J, R> worker = WorkerThread.current(base.lock());
    if (worker != null) {
      try (var _ = base.hold()) {
        begin(worker, new Awaited.Race<>(race, isOver));
      }
    }
  }

  /** This thread, if it is a worker's, waits no longer; does nothing if no wait was noted. */
  public void end() {
    WorkerThread<J, R> worker = WorkerThread.current(base.lock());
    if (worker != null) {
      try (var _ = base.hold()) {
        waits.remove(worker);
      }
    }
  }

  /** A time-out will complete the future, and so end every wait for it, also those that go on. */
  public void noteTimeOut(JobFuture<J, R> future) {
    try (var _ = base.hold()) {
      limited.add(future);
      waits.values().removeIf(awaited -> awaited.equals(new Awaited.Job<>(future)));
    }
  }

  /** A slot stays empty: fails what is awaited when nobody is left to do it. */
  void slotStaysEmpty(PoolBrokenException cause) {
    List<JobFuture<J, R>> futures = new ArrayList<>();
    List<BulkCall<J, R>> bulks = new ArrayList<>();
    try (var _ = base.hold()) {
      if (!everyWorkerWaits()) {
        return;
      }
      for (Awaited<J, R> awaited : waits.values()) {
        switch (awaited) {
          case Awaited.Job<J, R>(var future) -> futures.add(future);
          case Awaited.Race<J, R>(var raced, var _) -> futures.addAll(raced);
          case Awaited.Bulk<J, R>(var bulk) -> bulks.add(bulk);
          case Awaited.Room<J, R> _ -> {} // the submitter comes here again, and is refused
        }
      }
    }
    settler.failAwaited(futures, bulks, cause);
    queue.wakeSubmitters();
  }

  // With the lock held:

  /** As {@link #begin(JobFuture)}, for a bulk call. */
  public void begin(BulkCall<J, R> bulk) {
    begin(WorkerThread.current(base.lock()), new Awaited.Bulk<>(bulk));
  }

  /**
   * As {@link #begin(JobFuture)}, for room in the queue; again whenever the submitter was woken
   * without having got any.
   *
   * @param better whether the submitter needs no room any more; null when it always does
   * @throws QueueFullException when the wait could never end
   */
  public void beginForRoom(@Nullable BooleanSupplier better) {
    begin(WorkerThread.current(base.lock()), new Awaited.Room<>(better));
  }

  private void begin(@Nullable WorkerThread<J, R> worker, Awaited<J, R> awaited) {
    if (worker == null || worker.isGone()) { // an abandoned worker takes nobody's turn
      return;
    }
    waits.put(worker, awaited);
    if (!isOver(awaited) && (needs(awaited, worker.slot()) || everyWorkerWaits())) {
      waits.remove(worker); // under the same lock: nobody has been refused for it
      throw refusal(awaited, worker.slot().name());
    }
  }

  private boolean everyWorkerWaits() {
    return slots
        .threads()
        .allMatch(worker -> {
          Awaited<J, R> awaited = waits.get(worker);
          return worker.isGone() || (awaited != null && !isOver(awaited));
        });
  }
}
