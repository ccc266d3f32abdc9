package pool.core.internal.bulk;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pool.core.Distribution;
import pool.core.JobContext;
import pool.core.internal.bulk.BulkOutcomes.Unstarted;
import pool.core.internal.job.Completions;
import pool.core.internal.job.JobOwner;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.RunPart;
import pool.core.internal.job.Work;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.TimedWait;

/**
 * The jobs of one {@code map}; {@link BulkOutcomes} keeps what came of them. A bulk call takes no
 * room in the queue, but for jobs that wait to be run again.
 *
 * <p>Each slot has a share, a range of positions ({@link BulkRanges}). One compare-and-set by the
 * worker ends the position that it ran and starts the next; it writes the result before, so that
 * whoever sees the position ended sees the result. A worker whose share is empty takes half of
 * another's ({@link Distribution#SHARED}), so that no job waits behind a long one while a worker is
 * free. Under {@link Distribution#EVEN} each share is every N-th job and stays where it is.
 *
 * <p>A worker comes to a bulk call and leaves it under the pool's lock; positions move between
 * shares, and are settled otherwise than by their run, under the lock, too. Only going from one
 * position to the next is done without. Nobody counts what has succeeded: it is what the ranges do
 * not have any more, and nobody has settled otherwise or taken out.
 *
 * <p>A worker that takes several jobs together takes them out of its range, each as a {@link
 * PlaceFuture}: they settle in any order, and one by one, which a range cannot say. So does one
 * whose run has failed, since that job may be run again. From then on they are counted as submitted
 * jobs.
 *
 * <p>Refused: one shared cursor (two workers on two cores then fight for one cache line at each
 * job); several jobs for one compare-and-set (they could not be taken from a worker that is stuck
 * in the first of them); each result in the place of its job (a worker that has lost its run may
 * still be about to read the job).
 */
public final class BulkCall<J, R> implements Work<J, R>, RunPart<J, R> {

  private final int size;
  private final BulkOutcomes<J, R> outcomes;
  private final boolean even;
  private final int dealtTo; // so many slots
  private final BulkRanges ranges;
  private final int[] firsts; // by slot: the index of its first job, when dealt evenly
  private final PoolCondition ended;
  private final JobContext.@Nullable Scope scope;
  private final long submitted = System.nanoTime();

  // Under the lock:
  private int witness; // a slot that was last seen to have something unsettled
  private int notSucceeded; // of those that have settled
  private boolean hasEnded;
  private final ArrayList<PlaceFuture<J, R>> places = new ArrayList<>(0); // that have not settled
  private int taken; // places, in all

  /**
   * A bulk call that is to be added at once.
   *
   * @param jobs an array of its own, without null
   * @param order the slots that jobs are dealt to, in turn
   * @param slots how many slots there are
   * @param scope what is put around the run of each job
   */
  public BulkCall(
      Object[] jobs,
      boolean stopsAtFailure,
      boolean even,
      int[] order,
      int slots,
      PoolCondition ended,
      JobContext.@Nullable Scope scope) {
    this.size = jobs.length;
    this.outcomes = new BulkOutcomes<>(jobs, stopsAtFailure);
    this.even = even;
    this.dealtTo = Math.max(1, order.length);
    this.ranges = new BulkRanges(slots);
    this.firsts = new int[even ? slots : 0];
    this.ended = ended;
    this.scope = scope;
    this.hasEnded = size == 0;
    for (int turn = 0; turn < order.length; turn++) {
      deal(order[turn], turn);
    }
  }

  private void deal(int slot, int turn) {
    long count = size;
    if (even) {
      firsts[slot] = turn;
      ranges.set(slot, 0, (int) ((count - turn + dealtTo - 1) / dealtTo));
    } else {
      ranges.set(slot, (int) (count * turn / dealtTo), (int) (count * (turn + 1) / dealtTo));
    }
  }

  private int index(int slot, int position) {
    return even ? firsts[slot] + position * dealtTo : position;
  }

  public J job(int index) {
    return outcomes.job(index);
  }

  public int size() {
    return size;
  }

  @Override
  public JobContext.@Nullable Scope scope() {
    return scope;
  }

  @Override
  public long waitedUntil(long now) {
    return now - submitted;
  }

  // The worker

  /** The position that the slot runs, settled or not; {@link BulkRanges#LEFT} when none is. */
  public int position(int slot) {
    return ranges.running(slot);
  }

  public J job(int slot, int position) {
    return job(index(slot, position));
  }

  public boolean isRunning(int slot, int position) {
    return ranges.isRunning(slot, position);
  }

  /** Keeps a result, ends its position, and starts the next, as {@link BulkRanges#next} does. */
  public int succeeded(int slot, int position, @Nullable R result, boolean leave) {
    outcomes.succeeded(index(slot, position), result);
    return ranges.next(slot, position, leave);
  }

  // Under the lock:

  /** Starts a job, of the slot's own share or taken from another; false if there is none. */
  boolean start(int slot) {
    return ranges.start(slot) || (!even && ranges.takeHalf(slot) && ranges.start(slot));
  }

  /** How many jobs of a slot's own share have not been started. */
  public long unstarted(int slot) {
    return BulkRanges.unstarted(ranges.share(slot));
  }

  /** Whether a slot's own share has a job to start. */
  public boolean hasUnstarted(int slot) {
    return !ranges.isEmpty(slot);
  }

  /**
   * Takes the position that a slot runs out of the ranges, and what follows it in the slot's share;
   * empty when that position has settled.
   *
   * @param most how many at most
   * @return futures that the slot has started, in order
   */
  List<PlaceFuture<J, R>> take(JobOwner<J, R> owner, int slot, int first, int most) {
    int count = (int) Math.min(most, 1 + unstarted(slot));
    List<PlaceFuture<J, R>> futures = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      futures.add(place(owner, slot, first + i));
    }
    places.ensureCapacity(places.size() + count); // so that nothing throws from here on
    if (!ranges.take(slot, first, count)) {
      return List.of();
    }
    for (int i = 0; i < count; i++) { // and no iterator
      futures.get(i).setListedAt(places.size());
      places.add(futures.get(i));
    }
    taken += count;
    return futures;
  }

  /** A job of a slot's share, as if the slot had started it. */
  private PlaceFuture<J, R> place(JobOwner<J, R> owner, int slot, int position) {
    int index = index(slot, position);
    PlaceFuture<J, R> place = new PlaceFuture<>(owner, this, index, job(index), submitted, scope);
    boolean _ = place.start(slot);
    return place;
  }

  /** Those that were taken out and have not settled. */
  public List<PlaceFuture<J, R>> places() {
    return List.copyOf(places);
  }

  /** One of those has settled; does nothing when that is known. */
  public void placeSettled(PlaceFuture<J, R> place, @Nullable R result, @Nullable Throwable cause) {
    Object outcome = outcomes.outcome(place, result, cause); // first, since that may throw
    if (unlist(place)) {
      outcomes.placeSettled(place, outcome, cause);
    }
  }

  /** In constant time, since thousands may be taken out: the last one takes its place. */
  private boolean unlist(PlaceFuture<J, R> place) {
    int at = place.listedAt();
    if (at < 0) {
      return false;
    }
    PlaceFuture<J, R> last = places.removeLast();
    if (at < places.size()) {
      places.set(at, last);
      last.setListedAt(at);
    }
    place.setListedAt(-1);
    return true;
  }

  // What may throw comes before what settles a job, and what counts it throws nothing.

  @Override
  public boolean cancelRun(int slot) {
    int position;
    do { // it may go on to the next meanwhile
      position = ranges.running(slot);
      if (position < 0 || ranges.isRunningSettled(slot)) {
        return false;
      }
    } while (!settle(slot, position, Optional.empty()));
    return true;
  }

  /** Settles a run that is under way; false when it has ended, or had been settled. */
  private boolean settle(int slot, int position, Optional<Throwable> cause) {
    if (!ranges.isRunning(slot, position)) {
      return false; // and what settled it before stays noted
    }
    Integer index = index(slot, position); // an object: to take it back needs no memory
    boolean settles = false;
    try {
      outcomes.noteSettledRun(index, cause);
      settles = ranges.settle(slot, position);
      return settles;
    } finally {
      if (settles) {
        notSucceeded++;
      } else {
        outcomes.forgetSettledRun(index);
      }
    }
  }

  @Override
  public boolean timeOutRun(int slot, BooleanSupplier isMeant, Throwable cause) {
    int position = ranges.running(slot);
    if (!isMeant.getAsBoolean() || !settle(slot, position, Optional.of(cause))) {
      return false;
    }
    outcomes.noteFailure(index(slot, position), cause);
    return true;
  }

  @Override
  public void addTo(Completions<J, R> completions, @Nullable Throwable cause) {
    // its owner waits for all of it
  }

  @Override
  public void settledRunReturned(int slot, boolean isAbandoned) {
    if (!isAbandoned) { // else its successor has the share
      ranges.settledRunReturned(slot);
    }
  }

  @Override
  public void settledRunAbandoned(int slot) {
    ranges.settledRunReturned(slot);
  }

  /**
   * Settles all that was not started: as not started, or as failed with a cause.
   *
   * @param ended told of each; throws nothing
   */
  public void endUnstarted(@Nullable Throwable cause, Consumer<? super J> ended) {
    Unstarted unstarted = new Unstarted(cause);
    for (int slot = 0; slot < ranges.slots(); slot++) {
      endUnstarted(slot, unstarted, ended);
    }
  }

  /** The same for the share of one slot. */
  public void endUnstarted(int slot, Throwable cause, Consumer<? super J> ended) {
    endUnstarted(slot, new Unstarted(cause), ended);
  }

  private void endUnstarted(int slot, Unstarted unstarted, Consumer<? super J> ended) {
    long left = ranges.empty(slot);
    for (int position = BulkRanges.first(left); position < BulkRanges.last(left); position++) {
      int index = index(slot, position);
      notSucceeded++;
      outcomes.unstarted(index, unstarted);
      ended.accept(job(index));
    }
  }

  /** Whether every job has settled. */
  public boolean isSettled() {
    if (!places.isEmpty()) {
      return false;
    }
    for (int i = 0; i < ranges.slots(); i++) {
      long share = ranges.share(witness);
      if (BulkRanges.unstarted(share) > 0 || BulkRanges.hasUnsettledRun(share)) {
        return false; // without looking at all others again and again
      }
      witness = (witness + 1) % ranges.slots();
    }
    return true;
  }

  /** What has become of the jobs that were not taken out, at one moment. */
  public record Tally(long succeeded, long unstarted) {}

  public Tally tally() {
    long unstarted = 0;
    long running = 0;
    for (int slot = 0; slot < ranges.slots(); slot++) {
      long share = ranges.share(slot);
      unstarted += BulkRanges.unstarted(share);
      running += BulkRanges.hasUnsettledRun(share) ? 1 : 0;
    }
    return new Tally(size - taken - unstarted - running - notSucceeded, unstarted);
  }

  /** Every job has settled: the owner may go on. */
  void end() {
    hasEnded = true;
    ended.signalAll();
  }

  /** How many jobs have settled. */
  public long settled() {
    return tally().succeeded() + notSucceeded + taken - places.size();
  }

  /** Waits until every job has settled; false when it is too late. */
  public boolean await(long deadline) throws InterruptedException {
    return TimedWait.until(() -> hasEnded, ended, deadline);
  }

  /** Whether a failure has ended it: the rest is not to be started, and to be stopped. */
  public boolean stopsNow() {
    return outcomes.stopsNow();
  }

  // Any thread:

  @Override
  public List<BulkCall<J, R>> parts() {
    return List.of(this);
  }

  @Override
  public @Nullable J runningJob(int slot) {
    int position = ranges.running(slot);
    return position < 0 ? null : job(index(slot, position));
  }

  @Override
  public boolean isRunning(int slot) {
    return BulkRanges.hasUnsettledRun(ranges.share(slot));
  }

  @Override
  public boolean isRunningSettled(int slot) {
    return ranges.isRunningSettled(slot);
  }

  // The owner, when all has settled:

  /** What came of the jobs. */
  public BulkOutcomes<J, R> outcomes() {
    return outcomes;
  }
}
