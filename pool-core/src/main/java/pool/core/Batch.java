package pool.core;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one {@code map}: one array, in which each job is replaced by its result. A batch
 * takes no queue places.
 *
 * <p>Each slot has a part, a range of places in one word: {@code next}, {@code end}, and whether a
 * place is running. One compare-and-set by the worker ends the place that it ran and starts the
 * next; it fails when somebody took places from the end, and is tried again, or when somebody has
 * cancelled the run, and then the worker has lost it. A worker whose part is empty takes half of
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

  /** There is no next place, or the worker was to leave. */
  static final int LEFT = -1;

  /** The run was cancelled meanwhile. */
  static final int LOST = -2;

  private static final long RUNNING = 1;
  private static final long CANCELLED = 2;
  private static final int END_SHIFT = 2;
  private static final int NEXT_SHIFT = 33;
  private static final long ONE_NEXT = 1L << NEXT_SHIFT;
  private static final int MASK = Integer.MAX_VALUE;

  private final @Nullable Object[] places;
  private final boolean stopsAtFailure; // and keeps results; otherwise it keeps outcomes
  private final boolean even;
  private final int firstSlot;
  private final int slots;
  private final int spread; // words between two parts: few workers must not share a cache line
  private final AtomicLongArray parts;
  private final Condition settled;

  // Under the lock:
  private int unsettled;
  private int victim; // where to look for places to take
  private int failedPlace = -1; // the first in time
  private @Nullable Throwable failure;
  private @Nullable Throwable brokenBy;
  private int notDone = -1; // one of them

  /** A batch for a queue, to which it is to be added at once. */
  Batch(Object[] jobs, boolean stopsAtFailure, JobQueue<J, R> queue, Condition settled) {
    this.places = jobs;
    this.stopsAtFailure = stopsAtFailure;
    this.even = queue.isEven();
    this.slots = queue.slots();
    this.firstSlot = queue.nextSlot();
    this.spread = slots <= 64 ? 16 : 1;
    this.parts = new AtomicLongArray((slots + 1) * spread);
    this.settled = settled;
    this.unsettled = jobs.length;
    for (int slot = 0; slot < slots; slot++) {
      parts.setPlain(word(slot), firstPart(slot));
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

  private long firstPart(int slot) {
    if (even) {
      int first = Math.floorMod(slot - firstSlot, slots);
      return part(0, (int) (((long) places.length - first + slots - 1) / slots));
    }
    long jobs = places.length;
    return part((int) (jobs * slot / slots), (int) (jobs * (slot + 1) / slots));
  }

  private static long part(int next, int end) {
    return ((long) next << NEXT_SHIFT) | ((long) end << END_SHIFT);
  }

  private static int next(long part) {
    return (int) (part >>> NEXT_SHIFT);
  }

  private static int end(long part) {
    return (int) (part >>> END_SHIFT) & MASK;
  }

  private static long endingAt(long part, int end) {
    return (part & ~((long) MASK << END_SHIFT)) | ((long) end << END_SHIFT);
  }

  private int word(int slot) {
    return (slot + 1) * spread; // the array's own header shares the first line
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

  /** Starts a place, of its own or taken from another slot; {@link #LEFT} if there is none. */
  int start(int slot) {
    int started = goOn(slot, false);
    return started == LEFT && takeHalf(slot) ? goOn(slot, false) : started;
  }

  /**
   * Ends the place that is running, if one is, and starts the next.
   *
   * @param leave whether to end only
   * @return the place that was started, or {@link #LEFT} or {@link #LOST}
   */
  int goOn(int slot, boolean leave) {
    int word = word(slot);
    while (true) {
      long part = parts.get(word);
      if ((part & CANCELLED) != 0) {
        return LOST;
      }
      boolean more = !leave && next(part) < end(part);
      long then = more ? (part + ONE_NEXT) | RUNNING : part & ~RUNNING;
      if (parts.compareAndSet(word, part, then)) {
        return more ? place(slot, next(part)) : LEFT;
      }
    }
  }

  /** Keeps what came out of a place that the worker has ended. */
  void succeeded(int place, @Nullable R result) {
    places[place] = stopsAtFailure ? result : new Outcome.Succeeded<>(job(place), result);
  }

  // Under the lock:

  private boolean takeHalf(int slot) {
    if (even) {
      return false;
    }
    int empty = 0;
    while (empty < slots) {
      int word = word(victim);
      long part = parts.get(word);
      if (next(part) >= end(part)) {
        victim = (victim + 1) % slots;
        empty++;
        continue;
      }
      int middle = next(part) + (end(part) - next(part)) / 2;
      if (parts.compareAndSet(word, part, endingAt(part, middle))) {
        parts.set(word(slot), part(middle, end(part)));
        return true;
      }
    }
    return false;
  }

  /** Whether a slot has a place of its own to start. */
  boolean hasOwnPlace(int slot) {
    long part = parts.get(word(slot));
    return next(part) < end(part);
  }

  /** A worker has left it, after so many places that succeeded. */
  void left(int succeeded) {
    settled(succeeded);
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
    int word = word(slot);
    parts.set(word, parts.get(word) & ~(RUNNING | CANCELLED));
  }

  @Override
  public boolean cancelRun(int slot) {
    int word = word(slot);
    while (true) {
      long part = parts.get(word);
      if ((part & (RUNNING | CANCELLED)) != RUNNING) {
        return false;
      }
      if (parts.compareAndSet(word, part, part | CANCELLED)) {
        int place = place(slot, next(part) - 1);
        keep(place, new Outcome.Cancelled<>(job(place)));
        settled(1);
        return true;
      }
    }
  }

  /** Settles all that was not started as returned, or as failed with a cause; says what it was. */
  List<J> endUnstarted(@Nullable Throwable cause) {
    List<J> rest = new ArrayList<>();
    for (int slot = 0; slot < slots; slot++) {
      int word = word(slot);
      long part;
      do {
        part = parts.get(word);
      } while (!parts.compareAndSet(word, part, endingAt(part, next(part))));
      for (int position = next(part); position < end(part); position++) {
        int place = place(slot, position);
        J job = job(place);
        rest.add(job);
        keep(place, cause == null ? new Outcome.Returned<>(job) : new Outcome.Failed<>(job, cause));
      }
    }
    brokenBy = cause;
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

  private void settled(int more) {
    unsettled -= more;
    if (unsettled == 0) {
      settled.signalAll();
    }
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
    long part = parts.get(word(slot));
    if ((part & RUNNING) == 0) {
      return null;
    }
    Object held = places[place(slot, next(part) - 1)];
    VarHandle.acquireFence();
    long now = parts.get(word(slot));
    if (next(now) != next(part) || (now & RUNNING) == 0) {
      return null; // it ended meanwhile, and the result may be there
    }
    return (now & CANCELLED) != 0 && held instanceof Outcome.Cancelled<?, ?> cancelled
        ? (J) cancelled.job()
        : (J) held;
  }

  @Override
  public boolean isRunning(int slot) {
    return (parts.get(word(slot)) & (RUNNING | CANCELLED)) == RUNNING;
  }

  @Override
  public boolean isRunningCancelled(int slot) {
    return (parts.get(word(slot)) & CANCELLED) != 0;
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
    return notDone;
  }

  /** Why some were never started: no worker could be opened. */
  @Nullable Throwable brokenBy() {
    return brokenBy;
  }

  /** The results, or the outcomes, in order. */
  @Nullable Object[] settledPlaces() {
    return places;
  }
}
