package pool.core;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * The jobs of one {@code map}: one array, in which each job is replaced by its result. A batch
 * takes no queue places.
 *
 * <p>Each worker has a part, a range of places ({@link Parts}). One compare-and-set by the worker
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
  private final int dealtTo; // so many workers
  private final Parts parts;
  private final int[] firsts; // by part: its first place, when dealt evenly
  private final Condition settled;
  private final long submitted = System.nanoTime();

  // Under the lock:
  private int unsettled;
  private int failedPlace = -1; // the first in time
  private @Nullable Throwable failure;
  private @Nullable Throwable brokenBy;
  private int notDone = -1; // one of them
  private final Map<Integer, Optional<Throwable>> stopped = new HashMap<>(); // see settledPlaces
  private final Map<Integer, Tries> retried = new HashMap<>();
  private int failedRetries;

  /**
   * A batch that is to be added to a queue at once.
   *
   * @param order the parts that places are dealt to, in turn
   * @param count how many parts there may come to be
   */
  Batch(
      Object[] jobs,
      boolean stopsAtFailure,
      boolean even,
      int[] order,
      int count,
      Condition settled) {
    this.places = jobs;
    this.stopsAtFailure = stopsAtFailure;
    this.even = even;
    this.dealtTo = Math.max(1, order.length);
    this.parts = new Parts(count);
    this.firsts = new int[even ? count : 0];
    this.settled = settled;
    this.unsettled = jobs.length;
    for (int turn = 0; turn < order.length; turn++) {
      deal(order[turn], turn);
    }
  }

  private void deal(int part, int turn) {
    long jobs = places.length;
    if (even) {
      firsts[part] = turn;
      parts.set(part, 0, (int) ((jobs - turn + dealtTo - 1) / dealtTo));
    } else {
      parts.set(part, (int) (jobs * turn / dealtTo), (int) (jobs * (turn + 1) / dealtTo));
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

  private int place(int part, int position) {
    return even ? firsts[part] + position * dealtTo : position;
  }

  @Override
  public long waitedUntil(long now) {
    return now - submitted;
  }

  // The worker

  /** The job at a place that the worker has started. */
  @SuppressWarnings("unchecked") // it holds the job until the worker puts the result there
  J job(int place) {
    return (J) Objects.requireNonNull(places[place]);
  }

  /**
   * Starts a place, of the worker's own part or taken from another; {@link Parts#LEFT} if there is
   * none. Under the lock.
   */
  int start(int part) {
    int started = goOn(part, false);
    return started == Parts.LEFT && !even && parts.takeHalf(part) ? goOn(part, false) : started;
  }

  /** As {@link Parts#goOn}, for places. */
  int goOn(int part, boolean leave) {
    int position = parts.goOn(part, leave);
    return position < 0 ? position : place(part, position);
  }

  /** Keeps what came out of a place that the worker has ended. */
  void succeeded(int place, @Nullable R result) {
    places[place] = stopsAtFailure ? result : new Outcome.Succeeded<>(job(place), result);
  }

  // Under the lock:

  /** Whether a part has a place to start. */
  boolean hasOwnPlace(int part) {
    return !parts.isEmpty(part);
  }

  /** Another worker takes over what is left of a part; nobody has used the other part. */
  void handOver(int from, int to) {
    if (even) {
      firsts[to] = firsts[from];
    }
    parts.handOver(from, to);
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
  void lost(int part) {
    parts.lost(part);
  }

  @Override
  public boolean cancelRun(WorkerThread<J, R> worker) {
    return cancelRun(worker.part());
  }

  boolean cancelRun(int part) {
    int position;
    do { // it may go on to the next meanwhile
      position = parts.running(part);
      if (position < 0 || parts.isCancelled(part)) {
        return false;
      }
    } while (!parts.cancel(part, position));
    stopped.put(place(part, position), Optional.empty());
    settled(1);
    return true;
  }

  /** Fails the place at a position that a worker runs, unless it has settled. */
  boolean timeOut(WorkerThread<J, R> worker, int position, Throwable cause) {
    if (!parts.cancel(worker.part(), position)) {
      return false;
    }
    int place = place(worker.part(), position);
    stopped.put(place, Optional.of(cause));
    if (failedPlace < 0) {
      failedPlace = place;
      failure = cause;
    }
    settled(1);
    return true;
  }

  /**
   * A worker has left it, broken by its last place, which is to be tried again as long as it may;
   * false when it may not, or was cancelled. The place waits where it was.
   */
  boolean waitAgain(WorkerThread<J, R> worker, int place, Tries tries) {
    if (!tries.mayTryAgain() || !parts.waitAgain(worker.part())) {
      return false;
    }
    retried.put(place, tries);
    return true;
  }

  /** What broke the workers that tried a place before. */
  Tries tries(int place, int attempts) {
    return retried.getOrDefault(place, new Tries(attempts));
  }

  /** It was started, so it is not returned: it fails with what broke its workers. */
  private void failRetried(int place, Throwable cause) {
    if (failedPlace < 0) {
      failedPlace = place;
      failure = cause;
    }
    stopped.put(place, Optional.of(cause));
    failedRetries++;
    settled(1);
  }

  /** How many places failed instead of being run again, since this was last asked. */
  int takeFailedRetries() {
    int failed = failedRetries;
    failedRetries = 0;
    return failed;
  }

  /** Settles all that was not started as returned, or as failed with a cause; says what it was. */
  List<J> endUnstarted(@Nullable Throwable cause) {
    List<J> rest = new ArrayList<>();
    for (int part = 0; part < parts.count(); part++) {
      endUnstarted(part, cause, rest);
    }
    return rest;
  }

  /** The same for one part; adds to the rest. */
  void endUnstarted(int part, @Nullable Throwable cause, List<J> rest) {
    int before = rest.size();
    long left = parts.empty(part);
    for (int position = Parts.first(left); position < Parts.last(left); position++) {
      int place = place(part, position);
      J job = job(place);
      Tries tries = retried.get(place);
      if (tries != null) {
        failRetried(place, tries.failure());
        continue;
      }
      rest.add(job);
      keep(place, cause == null ? new Outcome.Returned<>(job) : new Outcome.Failed<>(job, cause));
    }
    if (rest.size() > before) {
      brokenBy = cause;
    }
    settled(rest.size() - before);
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

  /** The position of its part that a worker runs, or {@link Parts#LEFT}. */
  int runningPosition(int part) {
    return parts.running(part);
  }

  /**
   * Waits until every place has settled; false when the time is over. Gives up the lock meanwhile.
   */
  boolean await(long nanos) throws InterruptedException {
    long left = nanos;
    while (unsettled > 0) {
      if (left <= 0) {
        return false;
      }
      left = settled.awaitNanos(left);
    }
    return true;
  }

  /** Whether a failure has ended it, so that the rest is to be returned or cancelled. */
  boolean stopsNow() {
    return stopsAtFailure && failedPlace >= 0;
  }

  int jobs() {
    return places.length;
  }

  // Any thread:

  /** How many places neither wait nor run, as far as is known at the moment. */
  long passed() {
    long passed = places.length;
    for (int part = 0; part < parts.count(); part++) {
      passed -= parts.left(part);
    }
    return Math.max(0, passed);
  }

  @Override
  @SuppressWarnings("unchecked") // it holds the job, as long as that runs
  public @Nullable J runningJob(WorkerThread<J, R> worker) {
    int position = parts.running(worker.part());
    if (position < 0) {
      return null;
    }
    Object held = places[place(worker.part(), position)];
    VarHandle.acquireFence();
    if (parts.running(worker.part()) != position) {
      return null; // it ended meanwhile, and the result may be there
    }
    return (J) held;
  }

  boolean isRunning(int part) {
    return parts.isRunning(part);
  }

  @Override
  public boolean isRunning(WorkerThread<J, R> worker) {
    return isRunning(worker.part());
  }

  @Override
  public boolean isRunningCancelled(WorkerThread<J, R> worker) {
    return parts.isCancelled(worker.part());
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
    return stopped.isEmpty() ? notDone : stopped.keySet().iterator().next();
  }

  /** Why some were never started: no worker could be opened. */
  @Nullable Throwable brokenBy() {
    return brokenBy;
  }

  /**
   * The results, or the outcomes, in order. A place whose run was stopped has kept its job, since
   * its worker may only now be about to read it; it is cancelled, or failed with a cause.
   */
  @Nullable Object[] settledPlaces() {
    if (stopped.isEmpty()) {
      return places;
    }
    @Nullable Object[] outcomes = places.clone();
    stopped.forEach((place, cause) ->
        outcomes[place] =
            cause.isPresent()
                ? new Outcome.Failed<J, R>(job(place), cause.get())
                : new Outcome.Cancelled<J, R>(job(place)));
    return outcomes;
  }
}
