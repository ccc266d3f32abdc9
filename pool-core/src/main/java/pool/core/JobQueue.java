package pool.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What waits: jobs for any worker, jobs for one slot (keyed, or dealt evenly), and batches. First
 * in, first out within each; a slot takes from the three in turn, so that none starves the others.
 *
 * <p>A job that is withdrawn gives its place back at once, but stays in its queue until a worker
 * meets it or until the withdrawn outnumber the rest: then all are swept out, which costs each
 * withdrawal a constant on average and bounds the memory by about twice the capacity.
 *
 * <p>Not thread-safe: used under the pool's lock.
 */
final class JobQueue<J, R> {

  private static final int SWEEP_AT_LEAST = 64;
  private static final int SOURCES = 3;

  private final int capacity;
  private final boolean even;
  private final Queue<JobFuture<J, R>> shared = new ArrayDeque<>();
  private final @Nullable Queue<JobFuture<J, R>>[] own; // by slot, made when first needed
  private final byte[] turns; // by slot: the source to try first
  private final List<Batch<J, R>> batches = new ArrayList<>();

  private int waiting; // live jobs in the queues
  private int withdrawn; // settled jobs in the queues
  private int nextSlot; // where the next unkeyed job is dealt

  @SuppressWarnings({"unchecked", "rawtypes"})
  JobQueue(int slots, int capacity, Distribution distribution) {
    this.capacity = capacity;
    this.even = distribution == Distribution.EVEN;
    this.own = new Queue[slots];
    this.turns = new byte[slots];
  }

  boolean isFull() {
    return waiting >= capacity;
  }

  /** The slot that the next unkeyed job is for; each call deals one. */
  int deal() {
    if (!even) {
      return JobFuture.ANY_SLOT;
    }
    int slot = nextSlot;
    nextSlot = (nextSlot + 1) % own.length;
    return slot;
  }

  void add(JobFuture<J, R> future) {
    queueOf(future.slot()).add(future);
    waiting++;
  }

  /** Whether something waits that any worker may take. */
  boolean hasJobsForAny() {
    return !shared.isEmpty() || (!even && !batches.isEmpty());
  }

  /** The slots between which a batch is dealt; 1 when any worker takes the next place. */
  int batchSlots() {
    return even ? own.length : 1;
  }

  int firstBatchSlot() {
    return even ? nextSlot : 0;
  }

  void add(Batch<J, R> batch, int jobs) {
    batches.add(batch);
    nextSlot = (int) (((long) nextSlot + jobs) % own.length);
  }

  void remove(Batch<J, R> batch) {
    batches.remove(batch);
  }

  /** The next job that a slot may do, started; null when there is none. */
  @Nullable Claim<J, R> poll(WorkerThread<J, R> worker) {
    int slot = worker.slot();
    for (int i = 0; i < SOURCES; i++) {
      int source = (turns[slot] + i) % SOURCES;
      Claim<J, R> claim =
          switch (source) {
            case 0 -> pollQueue(own[slot], worker);
            case 1 -> pollQueue(shared, worker);
            default -> pollBatches(worker);
          };
      if (claim != null) {
        turns[slot] = (byte) ((source + 1) % SOURCES);
        return claim;
      }
    }
    return null;
  }

  private @Nullable Claim<J, R> pollQueue(
      @Nullable Queue<JobFuture<J, R>> queue, WorkerThread<J, R> worker) {
    JobFuture<J, R> future = null;
    while (queue != null && (future = queue.poll()) != null) {
      if (future.start(worker)) {
        waiting--;
        return future;
      }
      withdrawn--;
    }
    return null;
  }

  /** The batches take turns as well: one that was served goes to the end. */
  private @Nullable Claim<J, R> pollBatches(WorkerThread<J, R> worker) {
    for (int i = 0; i < batches.size(); i++) {
      Batch<J, R> batch = batches.get(i);
      Claim<J, R> place = batch.claim(worker);
      if (place != null) {
        batches.remove(i);
        if (!batch.isFullyClaimed()) {
          batches.add(batch);
        }
        return place;
      }
    }
    return null;
  }

  /** A waiting job has settled: its place is free. */
  void withdrew() {
    waiting--;
    withdrawn++;
    if (withdrawn >= Math.max(own.length + SWEEP_AT_LEAST, waiting)) {
      sweep(shared);
      for (Queue<JobFuture<J, R>> queue : own) {
        sweep(queue);
      }
      withdrawn = 0;
    }
  }

  private void sweep(@Nullable Queue<JobFuture<J, R>> queue) {
    if (queue != null) {
      queue.removeIf(JobFuture::isSettled);
    }
  }

  /** Takes out every job that waits in a queue; batches stay. */
  List<JobFuture<J, R>> drainJobs() {
    List<JobFuture<J, R>> drained = new ArrayList<>(waiting);
    drain(shared, drained);
    for (Queue<JobFuture<J, R>> queue : own) {
      drain(queue, drained);
    }
    waiting = 0;
    withdrawn = 0;
    return drained;
  }

  private void drain(@Nullable Queue<JobFuture<J, R>> queue, List<JobFuture<J, R>> into) {
    if (queue == null) {
      return;
    }
    for (JobFuture<J, R> future : queue) {
      if (!future.isSettled()) {
        into.add(future);
      }
    }
    queue.clear();
  }

  /** Takes out every batch that has unclaimed places. */
  List<Batch<J, R>> drainBatches() {
    List<Batch<J, R>> drained = List.copyOf(batches);
    batches.clear();
    return drained;
  }

  private Queue<JobFuture<J, R>> queueOf(int slot) {
    if (slot == JobFuture.ANY_SLOT) {
      return shared;
    }
    Queue<JobFuture<J, R>> queue = own[slot];
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      own[slot] = queue;
    }
    return queue;
  }
}
