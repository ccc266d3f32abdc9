package pool.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one {@code map}: a range that workers claim place by place. It takes no queue places.
 *
 * <p>Under {@link Distribution#SHARED} there is one cursor. Under {@link Distribution#EVEN} each
 * slot has its own, which visits every N-th place, so that the batch is dealt like N submits would
 * be.
 *
 * <p>All fields are under the pool's lock, except that the owner reads {@code outcomes} once
 * nothing is unsettled.
 */
final class Batch<J, R> {

  private final List<J> jobs;
  private final @Nullable Outcome<J, R>[] outcomes;
  private final boolean stopsAtFailure;
  private final int[] cursors; // the next place of each slot, or of all
  private final int stride;
  private final Condition settled;

  private int unclaimed;
  private int unsettled;
  private @Nullable Place firstFailure;
  private @Nullable Throwable brokenBy;

  /**
   * A batch.
   *
   * @param slots how many slots deal with it evenly; 1 when any worker takes the next place
   * @param firstSlot the slot that gets the first place
   */
  @SuppressWarnings({"unchecked", "rawtypes"})
  Batch(List<J> jobs, boolean stopsAtFailure, int slots, int firstSlot, Condition settled) {
    this.jobs = jobs;
    this.outcomes = new Outcome[jobs.size()];
    this.stopsAtFailure = stopsAtFailure;
    this.stride = slots;
    this.cursors = new int[slots];
    for (int i = 0; i < slots; i++) {
      cursors[(firstSlot + i) % slots] = i;
    }
    this.settled = settled;
    this.unclaimed = jobs.size();
    this.unsettled = jobs.size();
  }

  /** The next place for a slot, started; null when there is none. */
  @Nullable Place claim(WorkerThread<J, R> runner) {
    int cursor = runner.slot() % stride;
    int index = cursors[cursor];
    if (unclaimed == 0 || index >= jobs.size()) {
      return null;
    }
    cursors[cursor] = index + stride;
    unclaimed--;
    return new Place(index, runner);
  }

  boolean isFullyClaimed() {
    return unclaimed == 0;
  }

  /** Waits until every place has settled. Under the lock, which it gives up meanwhile. */
  void await() throws InterruptedException {
    while (unsettled > 0) {
      settled.await();
    }
  }

  /** Settles every place that nobody has claimed as returned, or as failed with a cause. */
  List<J> settleUnclaimed(@Nullable Throwable cause) {
    List<J> rest = new ArrayList<>(unclaimed);
    for (int cursor : cursors) {
      for (int i = cursor; i < jobs.size(); i += stride) {
        J job = jobs.get(i);
        rest.add(job);
        outcomes[i] =
            cause == null ? new Outcome.Returned<>(job) : new Outcome.Failed<>(job, cause);
      }
    }
    Arrays.fill(cursors, jobs.size());
    unsettled -= unclaimed;
    unclaimed = 0;
    brokenBy = cause;
    settled.signalAll();
    return rest;
  }

  /** Whether a failure has ended it, so that the rest is to be returned or cancelled. */
  boolean stopsNow() {
    return stopsAtFailure && firstFailure != null;
  }

  /** The first failure in time. */
  @Nullable Place firstFailure() {
    return firstFailure;
  }

  /** Why unclaimed places failed, when no worker could be opened. */
  @Nullable Throwable brokenBy() {
    return brokenBy;
  }

  /** How each job ended, in order; for a batch that is settled. */
  List<Outcome<J, R>> outcomes() {
    List<Outcome<J, R>> list = new ArrayList<>(outcomes.length);
    for (Outcome<J, R> outcome : outcomes) {
      list.add(Objects.requireNonNull(outcome));
    }
    return list;
  }

  /** One job of the batch that a worker has claimed. */
  final class Place implements Claim<J, R> {

    private final int index;
    private final WorkerThread<J, R> runner;

    Place(int index, WorkerThread<J, R> runner) {
      this.index = index;
      this.runner = runner;
    }

    int index() {
      return index;
    }

    Batch<J, R> batch() {
      return Batch.this;
    }

    @Override
    public J job() {
      return jobs.get(index);
    }

    /** It was made for the worker that claimed it. */
    @Override
    public boolean start(WorkerThread<J, R> by) {
      return true;
    }

    @Override
    public @Nullable WorkerThread<J, R> runner() {
      return isSettled() ? null : runner;
    }

    @Override
    public boolean isSettled() {
      return outcomes[index] != null;
    }

    @Override
    public void settle(Settlement how, @Nullable R result, @Nullable Throwable cause) {
      J job = job();
      outcomes[index] =
          switch (how) {
            case SUCCEEDED -> new Outcome.Succeeded<>(job, result);
            case FAILED -> new Outcome.Failed<>(job, Objects.requireNonNull(cause));
            case CANCELLED -> new Outcome.Cancelled<>(job);
            case RETURNED -> new Outcome.Returned<>(job);
          };
      if (how == Settlement.FAILED && firstFailure == null) {
        firstFailure = this;
      }
      if (--unsettled == 0) {
        settled.signalAll();
      }
    }

    /** The owner waits for the whole batch, under the lock. */
    @Override
    public void publish(Settlement how, @Nullable R result, @Nullable Throwable cause) {}
  }
}
