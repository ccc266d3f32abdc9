package pool.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What waits beside the {@link Ring}: jobs for one slot (keyed, or dealt evenly), bulk calls, and
 * the jobs for which the ring had no place. First in, first out within each; a slot takes from the
 * three in turn, so that none starves the others.
 *
 * <p>A job that is withdrawn gives its place back at once, but stays in its queue until a worker
 * meets it or until as many were withdrawn as wait: then all are swept out, which costs each
 * withdrawal a constant on average and bounds the memory by about twice the capacity.
 *
 * <p>Used under the pool's lock, except that workers ask without it whether to look here.
 */
final class SlotQueues<J, R> {

  private static final int SWEEP_AT_LEAST = 64;
  private static final int SOURCES = 3;

  private final boolean even;
  private final Deque<JobFuture<J, R>> overflow = new ArrayDeque<>();
  private final @Nullable Deque<JobFuture<J, R>>[] own; // by slot, made when first needed
  private final byte[] turns; // by slot: the source to try first
  private final List<BulkCall<J, R>> bulkCalls = new ArrayList<>();

  private int queued; // in all queues, withdrawn jobs included
  private int withdrawn; // since the last sweep, from wherever they waited
  private int nextSlot; // where the next unkeyed job is dealt

  private volatile boolean hasForAny; // or had when it was last looked at; likewise:
  private volatile int listedBatches;
  private volatile boolean overflows;

  @SuppressWarnings({"unchecked", "rawtypes"})
  SlotQueues(int slots, Distribution distribution) {
    this.even = distribution == Distribution.EVEN;
    this.own = new Deque[slots];
    this.turns = new byte[slots];
  }

  // Without the lock:

  /** Whether it may be worth while for any worker to look here. */
  boolean hasForAny() {
    return hasForAny;
  }

  /** Whether a worker that goes through a bulk call may find something else here. */
  boolean hasOthersThanABatch() {
    return listedBatches > 1 || overflows;
  }

  // Under the lock:

  /** The slot that the next unkeyed job is for; each call deals one. */
  int deal() {
    int slot = nextSlot;
    nextSlot = (nextSlot + 1) % own.length;
    return slot;
  }

  /** Adds a job for one slot. */
  void add(JobFuture<J, R> future, WorkerThread<J, R> worker) {
    queueOf(worker).add(future);
    queued++;
    worker.hasOwn(true);
  }

  private Deque<JobFuture<J, R>> queueOf(WorkerThread<J, R> worker) {
    Deque<JobFuture<J, R>> queue = own[worker.slot()];
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      own[worker.slot()] = queue;
    }
    return queue;
  }

  /** Adds a job that broke the worker: in front, and for its slot alone if it was so before. */
  void addAgain(JobFuture<J, R> future, WorkerThread<J, R> worker) {
    queued++;
    if (worker.tookOwn(future)) {
      queueOf(worker).addFirst(future);
      worker.hasOwn(true);
    } else {
      overflow.addFirst(future);
      overflows = true;
      hasForAny = true;
    }
  }

  /** A place of a bulk call that was started waits again. */
  void addAgain(BulkCall<J, R> bulk, WorkerThread<J, R> worker) {
    if (!bulkCalls.contains(bulk)) {
      bulkCalls.add(bulk);
      listedBatches = bulkCalls.size();
    }
    if (even) {
      worker.hasOwn(true);
    } else {
      hasForAny = true;
    }
  }

  /** The successor of an abandoned worker takes over its parts of all bulk calls. */
  void handOver(WorkerThread<J, R> from, WorkerThread<J, R> to) {
    bulkCalls.forEach(bulk -> bulk.handOver(from.range(), to.range()));
  }

  /** Takes out what waits for a slot alone. */
  void drainOwn(WorkerThread<J, R> worker, Consumer<JobFuture<J, R>> each) {
    Deque<JobFuture<J, R>> queue = own[worker.slot()];
    queued -= queue == null ? 0 : queue.size();
    drain(queue, each);
  }

  /** The slot for which alone a job waits; -1 when any worker may take it. */
  int slotOf(JobFuture<?, ?> future) {
    for (int slot = 0; slot < own.length; slot++) {
      Deque<JobFuture<J, R>> queue = own[slot];
      if (queue != null && queue.contains(future)) {
        return slot;
      }
    }
    return -1;
  }

  List<BulkCall<J, R>> bulkCalls() {
    return List.copyOf(bulkCalls);
  }

  /** Adds a job for any worker, for which the ring has no place. */
  void overflow(JobFuture<J, R> future) {
    overflow.add(future);
    queued++;
    overflows = true;
    hasForAny = true;
  }

  /** Whether jobs for any worker wait here, so that later ones must, too. */
  boolean hasOverflow() {
    return !overflow.isEmpty();
  }

  boolean isEven() {
    return even;
  }

  /**
   * In which order the parts of its workers are dealt the places of the next bulk call. Those of
   * slots that stay empty get none, unless all do: the pool is broken, and each place is to be
   * found.
   */
  int[] order(List<WorkerThread<J, R>> workers) {
    List<WorkerThread<J, R>> there = workers.stream().filter(worker -> !worker.isGone()).toList();
    there = there.isEmpty() ? workers : there;
    int[] order = new int[there.size()];
    for (int i = 0; i < order.length; i++) {
      int turn = even ? Math.floorMod(i - nextSlot, order.length) : i;
      order[turn] = there.get(i).range();
    }
    return order;
  }

  void add(BulkCall<J, R> bulk, List<WorkerThread<J, R>> workers) {
    bulkCalls.add(bulk);
    listedBatches = bulkCalls.size();
    nextSlot = (int) (((long) nextSlot + bulk.jobs()) % own.length);
    if (even) {
      workers.forEach(worker -> worker.hasOwn(true));
    } else {
      hasForAny = true;
    }
  }

  void remove(BulkCall<J, R> bulk) {
    bulkCalls.remove(bulk);
    listedBatches = bulkCalls.size();
  }

  /**
   * The next that a worker may do, started; null when there is none.
   *
   * @param ringIsEmpty whether the jobs that overflowed are next
   */
  @Nullable Work<J, R> poll(WorkerThread<J, R> worker, boolean ringIsEmpty) {
    int slot = worker.slot();
    for (int i = 0; i < SOURCES; i++) {
      int source = (turns[slot] + i) % SOURCES;
      Work<J, R> work =
          switch (source) {
            case 0 -> worker.takesOwn(pollQueue(own[slot], worker));
            case 1 -> ringIsEmpty ? pollQueue(overflow, worker) : null;
            default -> pollBatches(worker);
          };
      if (work != null) {
        turns[slot] = (byte) ((source + 1) % SOURCES);
        return work;
      }
    }
    foundNothing(worker);
    return null;
  }

  private @Nullable JobFuture<J, R> pollQueue(
      @Nullable Deque<JobFuture<J, R>> queue, WorkerThread<J, R> worker) {
    JobFuture<J, R> future;
    while (queue != null && (future = queue.poll()) != null) {
      queued--;
      if (worker.claimed.start(future)) {
        return future;
      }
    }
    return null;
  }

  /** The bulk calls take turns as well: one that was served goes to the end. */
  private @Nullable BulkCall<J, R> pollBatches(WorkerThread<J, R> worker) {
    for (int i = 0; i < bulkCalls.size(); i++) {
      BulkCall<J, R> bulk = bulkCalls.get(i);
      if (worker.runner.startIn(bulk)) {
        bulkCalls.remove(i);
        bulkCalls.add(bulk);
        return bulk;
      }
      if (!even) { // nothing is left for anybody
        bulkCalls.remove(i--);
        listedBatches = bulkCalls.size();
      }
    }
    return null;
  }

  private void foundNothing(WorkerThread<J, R> worker) {
    worker.hasOwn(false);
    overflows = !overflow.isEmpty();
    hasForAny = overflows; // the bulk calls, if there are any, are dealt
  }

  /** A job has been withdrawn, here or from the ring. */
  void withdrew() {
    withdrawn++;
    if (withdrawn >= Math.max(own.length + SWEEP_AT_LEAST, queued / 2)) {
      withdrawn = 0;
      sweep(overflow);
      for (Deque<JobFuture<J, R>> queue : own) {
        sweep(queue);
      }
    }
  }

  private void sweep(@Nullable Deque<JobFuture<J, R>> queue) {
    if (queue != null) {
      int before = queue.size();
      queue.removeIf(future -> !future.isWaiting());
      queued -= before - queue.size();
    }
  }

  /** Takes every job out; bulk calls stay. */
  void drainJobs(Consumer<JobFuture<J, R>> each) {
    drain(overflow, each);
    for (Deque<JobFuture<J, R>> queue : own) {
      drain(queue, each);
    }
    queued = 0;
  }

  private void drain(@Nullable Deque<JobFuture<J, R>> queue, Consumer<JobFuture<J, R>> each) {
    if (queue != null) {
      queue.forEach(each);
      queue.clear();
    }
  }

  /** Takes every bulk call out. */
  List<BulkCall<J, R>> drainBatches() {
    List<BulkCall<J, R>> drained = List.copyOf(bulkCalls);
    bulkCalls.clear();
    listedBatches = 0;
    return drained;
  }
}
