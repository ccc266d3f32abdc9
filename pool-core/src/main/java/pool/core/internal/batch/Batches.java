package pool.core.internal.batch;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.core.Distribution;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkCalls;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobOwner;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.Work;
import pool.core.internal.life.Settings;
import pool.core.internal.queue.ClaimedJobs;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.SlotQueue;

/**
 * Gathers what waits into batches, for workers that do several jobs together.
 *
 * <p>Nobody waits for a batch to fill: a worker that has found a job takes more of what waits at
 * that moment where the job came from, and leaves to each idle worker as much as it takes. So a
 * lone job starts at once, and a batch is what has come while the workers were busy. That is the
 * group commit of databases (DeWitt and others, 1984) without its timer.
 *
 * <p>A batch comes from one place: the queue for any worker, that of the slot, or one bulk call. A
 * job that broke a worker, or whose batch was rolled back, is done alone.
 *
 * <p>Everything is under the pool's lock: what a worker has started is seen, with all else that it
 * has started, by whoever stops the pool.
 */
public final class Batches<J, R> {

  private final JobOwner<J, R> owner;
  private final List<SlotQueue<J, R>> slots;
  private final JobQueue<J, R> queue;
  private final BulkCalls<J, R> bulkCalls;
  private final IdleWorkers idleWorkers;
  private final int maxBatch;
  private final boolean claimsSeveral;
  private final boolean even;
  private final Predicate<JobFuture<J, R>> goesAlong; // with others

  /**
   * Gathers for the workers of a pool.
   *
   * @param hasBroken whether a job has broken a worker
   */
  public Batches(
      Settings settings,
      JobOwner<J, R> owner,
      List<SlotQueue<J, R>> slots,
      JobQueue<J, R> queue,
      BulkCalls<J, R> bulkCalls,
      IdleWorkers idleWorkers,
      Predicate<Object> hasBroken) {
    this.owner = owner;
    this.slots = slots;
    this.queue = queue;
    this.bulkCalls = bulkCalls;
    this.idleWorkers = idleWorkers;
    this.maxBatch = settings.maxBatch();
    this.claimsSeveral = settings.claimsSeveral();
    this.even = settings.distribution() == Distribution.EVEN;
    this.goesAlong = future -> !hasBroken.test(future);
  }

  /**
   * A batch of what a slot has started and what goes along with it.
   *
   * @param most how many jobs the worker may do
   * @return null when the slot had started a job of a bulk call that has settled meanwhile
   */
  public @Nullable Batch<J, R> gather(
      Work<J, R> first, int slot, ClaimedJobs<J, R> claimed, long most) {
    int limit = (int) Math.min(most, maxBatch);
    return first instanceof BulkCall<J, R> bulk
        ? ofBulkCall(bulk, slot, limit)
        : ofJobs((JobFuture<J, R>) first, slot, claimed, limit);
  }

  private @Nullable Batch<J, R> ofBulkCall(BulkCall<J, R> bulk, int slot, int limit) {
    int most =
        even
            ? (int) Math.min(limit, 1 + bulk.unstarted(slot))
            : share(1 + bulk.tally().unstarted(), limit);
    Batch<J, R> batch = new Batch<>(most);
    int first = bulk.position(slot);
    List<PlaceFuture<J, R>> places = first < 0 ? List.of() : take(bulk, slot, first, most);
    for (int i = 0; i < places.size(); i++) { // nothing may throw here: they are taken out
      batch.add(places.get(i));
    }
    return places.isEmpty() ? null : batch;
  }

  /** Takes the job that a slot runs out of a bulk call; null when it has settled. */
  public @Nullable PlaceFuture<J, R> takeOut(BulkCall<J, R> bulk, int slot, int position) {
    List<PlaceFuture<J, R>> places = take(bulk, slot, position, 1);
    return places.isEmpty() ? null : places.getFirst();
  }

  private List<PlaceFuture<J, R>> take(BulkCall<J, R> bulk, int slot, int first, int most) {
    List<PlaceFuture<J, R>> places = bulkCalls.take(bulk, owner, slot, first, most);
    queue.countFromBulkCall(places.size());
    return places;
  }

  private Batch<J, R> ofJobs(
      JobFuture<J, R> first, int slot, ClaimedJobs<J, R> claimed, int limit) {
    SlotQueue<J, R> own = slots.get(slot);
    boolean isForSlot = queue.isForSlot(first, slot);
    long waiting = isForSlot ? own.size() : claimed.remaining() + queue.depth();
    int most = isForSlot ? (int) Math.min(limit, 1 + waiting) : share(1 + waiting, limit);
    if (own.startedSolo(first) || !goesAlong.test(first)) {
      most = 1;
    }
    Batch<J, R> batch = new Batch<>(most);
    batch.add(first);
    try {
      JobFuture<J, R> next;
      while (batch.size() < most
          && (next = isForSlot ? startNext(own, claimed) : startNext(claimed, most - batch.size()))
              != null) {
        batch.add(next);
      }
      if (!claimsSeveral) { // nobody else sees a job there that does not go along
        claimed.giveTo(future -> queue.addFirst(future, JobQueue.ANY));
      }
    } catch (OutOfMemoryError e) {
      // it does what it has
    }
    return batch;
  }

  /**
   * What comes before all else ends the batch, since it is done alone: a broadcast, for example.
   */
  private @Nullable JobFuture<J, R> startNext(SlotQueue<J, R> own, ClaimedJobs<J, R> claimed) {
    return own.hasSolo() ? null : own.startNext(claimed, goesAlong);
  }

  private @Nullable JobFuture<J, R> startNext(ClaimedJobs<J, R> claimed, int most) {
    JobFuture<J, R> next;
    do {
      next = claimed.startNext(goesAlong);
    } while (next == null
        && !claimed.hasMore()
        && queue.takeFromRing(claimed, Math.min(most, claimed.size())) > 0);
    return next;
  }

  /** What one worker takes of what waits, when others are idle. */
  private int share(long waiting, int limit) {
    return (int) Math.min(limit, Math.ceilDiv(waiting, idleWorkers.idle() + 1));
  }
}
