package pool.core.internal.bulk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import pool.core.Distribution;
import pool.core.JobContext;
import pool.core.internal.job.JobOwner;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.SlotQueue;
import pool.core.internal.util.PoolCondition;

/**
 * The bulk calls that have not ended. They take turns: one that was served goes to the end.
 *
 * <p>Everything is under the pool's lock; workers ask without it whether to look here.
 */
public final class BulkCalls<J, R> {

  /** The common lists, which keep no array that they have returned, as any other might. */
  private static final Set<Class<?>> GIVE_ARRAYS_AWAY =
      Set.copyOf(
          List.of(
              ArrayList.class,
              Arrays.asList().getClass(),
              List.of(1).getClass(),
              List.of(1, 2, 3).getClass())); // of Stream.toList as well

  private final List<SlotQueue<J, R>> slots;
  private final IdleWorkers idleWorkers;
  private final boolean even;
  private final ArrayList<BulkCall<J, R>> calls = new ArrayList<>();
  private final ArrayList<BulkCall<J, R>> startable = new ArrayList<>(); // among them, perhaps

  private long submitted;
  private long succeeded; // in calls that have ended

  private volatile boolean mayHaveWork; // for any worker, or had when it was last looked at
  private volatile boolean several; // startable

  public BulkCalls(
      List<SlotQueue<J, R>> slots, IdleWorkers idleWorkers, Distribution distribution) {
    this.slots = slots;
    this.idleWorkers = idleWorkers;
    this.even = distribution == Distribution.EVEN;
  }

  /** The jobs of a bulk call, which must not be null, in an array of its own. */
  public static Object[] jobs(Collection<?> jobs) {
    Object[] given = jobs.toArray();
    Object[] own =
        GIVE_ARRAYS_AWAY.contains(jobs.getClass())
            ? given
            : Arrays.copyOf(given, given.length, Object[].class);
    for (int i = 0; i < own.length; i++) {
      if (own[i] == null) {
        throw new NullPointerException("job %d of the bulk call is null".formatted(i));
      }
    }
    return own;
  }

  // Any thread:

  /** Whether it may be worth while for any worker to look here. */
  public boolean mayHaveWork() {
    return mayHaveWork;
  }

  /** Whether a worker that serves one may find another here. */
  public boolean areSeveral() {
    return several;
  }

  // Under the lock:

  /**
   * Accepts a bulk call.
   *
   * @param jobs as {@link #jobs} returns them
   * @param firstSlot the slot that is dealt to first, under EVEN
   */
  public BulkCall<J, R> add(
      Object[] jobs,
      boolean stopsAtFailure,
      int firstSlot,
      PoolCondition ended,
      JobContext.@Nullable Scope scope) {
    BulkCall<J, R> bulk =
        new BulkCall<>(jobs, stopsAtFailure, even, order(firstSlot), slots.size(), ended, scope);
    if (jobs.length > 0) {
      calls.ensureCapacity(calls.size() + 1);
      startable.ensureCapacity(calls.size() + 1); // so that nothing throws from here on
      submitted += jobs.length;
      calls.add(bulk);
      startable.add(bulk);
      several = startable.size() > 1;
      tellWorkers(bulk);
    }
    return bulk;
  }

  /**
   * In which order the slots are dealt to. Slots that stay empty get nothing, unless all do: the
   * pool is broken then, and each job is to be found.
   */
  private int[] order(int firstSlot) {
    int[] there =
        IntStream.range(0, slots.size()).filter(slot -> !slots.get(slot).isEmptySlot()).toArray();
    if (there.length == 0) {
      there = IntStream.range(0, slots.size()).toArray();
    }
    if (!even) {
      return there;
    }
    int[] order = new int[there.length];
    for (int i = 0; i < order.length; i++) {
      order[Math.floorMod(i - firstSlot, order.length)] = there[i];
    }
    return order;
  }

  private void tellWorkers(BulkCall<J, R> bulk) {
    if (!even) {
      mayHaveWork = true;
      idleWorkers.wake(bulk.size());
      return;
    }
    for (int slot = 0; slot < slots.size(); slot++) {
      if (bulk.hasUnstarted(slot)) {
        slots.get(slot).markWork();
        slots.get(slot).wake(idleWorkers);
      }
    }
  }

  /** Starts a job for a slot, of one of the bulk calls; null when there is none. */
  public @Nullable BulkCall<J, R> startNext(int slot) {
    for (int i = 0; i < startable.size(); i++) {
      BulkCall<J, R> bulk = startable.get(i);
      if (bulk.start(slot)) {
        startable.remove(i);
        startable.add(bulk);
        return bulk;
      }
      if (!even) { // nothing is left for anybody
        startable.remove(i--);
        several = startable.size() > 1;
      }
    }
    mayHaveWork = false; // what there is, is dealt
    return null;
  }

  /** Something has settled: ends the bulk calls of which it was the last. */
  public void endThoseSettled() {
    for (int i = calls.size() - 1; i >= 0; i--) {
      BulkCall<J, R> bulk = calls.get(i);
      if (bulk.isSettled()) {
        succeeded += bulk.tally().succeeded();
        BulkCall<J, R> _ = calls.remove(i);
        boolean _ = startable.remove(bulk);
        bulk.end();
      }
    }
    several = startable.size() > 1;
  }

  public List<BulkCall<J, R>> all() {
    return List.copyOf(calls);
  }

  /** Whether all that were accepted have ended. */
  public boolean haveEnded() {
    return calls.isEmpty();
  }

  /** How many jobs were accepted, those aside that were taken out. */
  public long submitted() {
    return submitted;
  }

  /**
   * Takes jobs out of a bulk call, as {@link BulkCall#take} does: from now on the queue is to count
   * them.
   */
  public List<PlaceFuture<J, R>> take(
      BulkCall<J, R> bulk, JobOwner<J, R> owner, int slot, int first, int most) {
    List<PlaceFuture<J, R>> places = bulk.take(owner, slot, first, most);
    submitted -= places.size();
    return places;
  }

  /** What has become of the jobs of all bulk calls. */
  public BulkCall.Tally tally() {
    long allSucceeded = succeeded;
    long unstarted = 0;
    for (BulkCall<J, R> bulk : calls) {
      BulkCall.Tally tally = bulk.tally();
      allSucceeded += tally.succeeded();
      unstarted += tally.unstarted();
    }
    return new BulkCall.Tally(allSucceeded, unstarted);
  }
}
