package pool.core;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one {@code map}: one array, in which each job is replaced by its result. A batch
 * takes no queue places.
 *
 * <p>Each slot has a part, a range of places ({@link Parts}). One compare-and-set by the worker
 * ends the place that it ran and starts the next. A worker whose part is empty takes half of
 * another's ({@link Distribution#SHARED}), so that no place waits behind a long one while a worker
 * is free. Under {@link Distribution#EVEN} each part is every N-th place and stays where it is.
 *
 * <p>A worker comes to a batch and leaves it under the pool's lock; places move between parts, and
 * all is cancelled, under the lock, too. Only going from one place to the next is done without.
 *
 * <p>Refused: one shared cursor (two workers on two cores then fight for one cache line at each
 * job); several places for one compare-and-set (they could not be taken from a worker that is stuck
 * in the first of them).
 */
final class Batch<J, R> implements Work<J, R> {

  private final @Nullable Object[] places;
  private final boolean stopsAtFailure; // and keeps results; otherwise it keeps outcomes
  private final boolean even;
  private final int firstSlot;
  private final int slots;
  private final Parts parts;
  private final Condition settled;

  // Under the lock:
  private int unsettled;
  private int failedPlace = -1; // the first in time
  private @Nullable Throwable failure;
  private @Nullable Throwable brokenBy;
  private int notDone = -1; // one of them
  private final List<Integer> cancelled = new ArrayList<>();

  /** A batch for a queue, to which it is to be added at once. */
  Batch(Object[] jobs, boolean stopsAtFailure, JobQueue<J, R> queue, Condition settled) {
    this.places = jobs;
    this.stopsAtFailure = stopsAtFailure;
    this.even = queue.isEven();
    this.slots = queue.slots();
    this.firstSlot = queue.nextSlot();
    this.parts = new Parts(slots);
    this.settled = settled;
    this.unsettled = jobs.length;
    for (int slot = 0; slot < slots; slot++) {
      deal(slot);
    }
  }

  private void deal(int slot) {
    if (even) {
      int first = Math.floorMod(slot - firstSlot, slots);
      parts.set(slot, 0, (int) (((long) places.length - first + slots - 1) / slots));
    } else {
      long jobs = places.length;
      parts.set(slot, (int) (jobs * slot / slots), (int) (jobs * (slot + 1) / slots));
    }
  }

  /** The jobs of a batch, which must not be null, in an array of its own. */
  static Object[] jobs(Collection<?> jobs) {
    Object[] copy = jobs.toArray();
    for (int i = 0; i < copy.length; i++) {
      if (copy[i] == null) {
        throw new NullPointerException("job %d of the batch is null".formatted(i));
      }
    }
    return copy.getClass() == Object[].class
        ? copy
        : Arrays.copyOf(copy, copy.length, Object[].class);
  }

  private int place(int slot, int position) {
    return even ? Math.floorMod(slot - firstSlot, slots) + position * slots : position;
  }

  // The worker

  /** The job at a place that the worker has started. */
  @SuppressWarnings("unchecked") // it holds the job until the worker puts the result there
  J job(int place) {
    return (J) Objects.requireNonNull(places[place]);
  }

  /**
   * Starts a place, of its own or taken from another slot; {@link Parts#LEFT} if there is none.
   * Under the lock.
   */
  int start(int slot) {
    int started = goOn(slot, false);
    return started == Parts.LEFT && !even && parts.takeHalf(slot) ? goOn(slot, false) : started;
  }

  /** As {@link Parts#goOn}, for places. */
  int goOn(int slot, boolean leave) {
    int position = parts.goOn(slot, leave);
    return position < 0 ? position : place(slot, position);
  }

  /** Keeps what came out of a place that the worker has ended. */
  void succeeded(int place, @Nullable R result) {
    places[place] = stopsAtFailure ? result : new Outcome.Succeeded<>(job(place), result);
  }

  // Under the lock:

  /** Whether a slot has a place of its own to start. */
  boolean hasOwnPlace(int slot) {
    return !parts.isEmpty(slot);
  }

  /** A worker has left it, and its last place has failed. */
  void failed(int place, Throwable cause) {
    if (failedPlace < 0) {
      failedPlace = place;
      failure = cause;
    }
    keep(place, new Outcome.Failed<>(job(place), cause));
    settled(1);
  }

  /** A worker has left it, and lost its last place. */
  void lost(int slot) {
    parts.lost(slot);
  }

  @Override
  public boolean cancelRun(int slot) {
    int position = parts.cancel(slot);
    if (position < 0) {
      return false;
    }
    cancelled.add(place(slot, position)); // which keeps its job: the worker may be about to read it
    settled(1);
    return true;
  }

  /** Settles all that was not started as returned, or as failed with a cause; says what it was. */
  List<J> endUnstarted(@Nullable Throwable cause) {
    List<J> rest = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      long part = parts.empty(slot);
      for (int position = Parts.first(part); position < Parts.last(part); position++) {
        int place = place(slot, position);
        J job = job(place);
        rest.add(job);
        keep(place, cause == null ? new Outcome.Returned<>(job) : new Outcome.Failed<>(job, cause));
      }
    }
    if (!rest.isEmpty()) {
      brokenBy = cause;
    }
    settled(rest.size());
    return rest;
  }

  private void keep(int place, Outcome<J, R> outcome) {
    if (stopsAtFailure) {
      notDone = place;
    } else {
      places[place] = outcome;
    }
  }

  /** So many more places have settled. */
  void settled(int more) {
    unsettled -= more;
    if (unsettled == 0) {
      settled.signalAll();
    }
  }

  boolean isSettled() {
    return unsettled == 0;
  }

  /** The position that a slot's worker runs, or {@link Parts#LEFT}. */
  int runningPosition(int slot) {
    return parts.running(slot);
  }

  /** Waits until every place has settled. Gives up the lock meanwhile. */
  void await() throws InterruptedException {
    while (unsettled > 0) {
      settled.await();
    }
  }

  /** Whether a failure has ended it, so that the rest is to be returned or cancelled. */
  boolean stopsNow() {
    return stopsAtFailure && failedPlace >= 0;
  }

  int jobs() {
    return places.length;
  }

  // Any thread:

  @Override
  @SuppressWarnings("unchecked") // it holds the job, as long as that runs
  public @Nullable J runningJob(int slot) {
    int position = parts.running(slot);
    if (position < 0) {
      return null;
    }
    Object held = places[place(slot, position)];
    VarHandle.acquireFence();
    if (parts.running(slot) != position) {
      return null; // it ended meanwhile, and the result may be there
    }
    return (J) held;
  }

  @Override
  public boolean isRunning(int slot) {
    return parts.running(slot) >= 0 && !parts.isCancelled(slot);
  }

  @Override
  public boolean isRunningCancelled(int slot) {
    return parts.isCancelled(slot);
  }

  // The owner, when all has settled:

  /** The place of the first failure in time; -1 when there was none. */
  int failedPlace() {
    return failedPlace;
  }

  /** The first failure in time. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** A place that was returned or cancelled; -1 when there is none. */
  int notDone() {
    return cancelled.isEmpty() ? notDone : cancelled.getFirst();
  }

  /** Why some were never started: no worker could be opened. */
  @Nullable Throwable brokenBy() {
    return brokenBy;
  }

  /** The results, or the outcomes, in order. */
  @Nullable Object[] settledPlaces() {
    if (cancelled.isEmpty()) {
      return places;
    }
    @Nullable Object[] outcomes = places.clone();
    for (int place : cancelled) {
      outcomes[place] = new Outcome.Cancelled<J, R>(job(place));
    }
    return outcomes;
  }
}
