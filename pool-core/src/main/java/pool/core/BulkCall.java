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
 * The jobs of one {@code map}: one array, in which each job is replaced by its result. A bulk call
 * takes no queue places.
 *
 * <p>Each worker has a part, a range of places ({@link BulkRanges}). One compare-and-set by the
 * worker ends the place that it ran and starts the next. A worker whose part is empty takes half of
 * another's ({@link Distribution#SHARED}), so that no place waits behind a long one while a worker
 * is free. Under {@link Distribution#EVEN} each part is every N-th place and stays where it is.
 *
 * <p>A worker comes to a bulk call and leaves it under the pool's lock; places move between parts,
 * and all is cancelled, under the lock, too. Only going from one place to the next is done without.
 *
 * <p>Refused: one shared cursor (two workers on two cores then fight for one cache line at each
 * job); several places for one compare-and-set (they could not be taken from a worker that is stuck
 * in the first of them).
 */
final class BulkCall<J, R> implements Work<J, R> {

  private final @Nullable Object[] places;
  private final boolean stopsAtFailure; // and keeps results; otherwise it keeps outcomes
  private final boolean even;
  private final int dealtTo; // so many workers
  private final BulkRanges ranges;
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
  private final Map<Integer, JobAttempts> retried = new HashMap<>();
  private int failedRetries;

  /**
   * A bulk call that is to be added to a queue at once.
   *
   * @param order the parts that places are dealt to, in turn
   * @param count how many parts there may come to be
   */
  BulkCall(
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
    this.ranges = new BulkRanges(count);
    this.firsts = new int[even ? count : 0];
    this.settled = settled;
    this.unsettled = jobs.length;
    for (int turn = 0; turn < order.length; turn++) {
      deal(order[turn], turn);
    }
  }

  private void deal(int range, int turn) {
    long jobs = places.length;
    if (even) {
      firsts[range] = turn;
      ranges.set(range, 0, (int) ((jobs - turn + dealtTo - 1) / dealtTo));
    } else {
      ranges.set(range, (int) (jobs * turn / dealtTo), (int) (jobs * (turn + 1) / dealtTo));
    }
  }

  /** The jobs of a bulk call, which must not be null, in an array of its own. */
  static Object[] jobs(Collection<?> jobs) {
    Object[] copy = jobs.toArray();
    for (int i = 0; i < copy.length; i++) {
      if (copy[i] == null) {
        throw new NullPointerException("job %d of the bulk call is null".formatted(i));
      }
    }
    return copy.getClass() == Object[].class
        ? copy
        : Arrays.copyOf(copy, copy.length, Object[].class);
  }

  private int place(int range, int position) {
    return even ? firsts[range] + position * dealtTo : position;
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
   * Starts a place, of the worker's own part or taken from another; {@link BulkRanges#LEFT} if
   * there is none. Under the lock.
   */
  int start(int range) {
    int started = goOn(range, false);
    return started == BulkRanges.LEFT && !even && ranges.takeHalf(range)
        ? goOn(range, false)
        : started;
  }

  /** As {@link BulkRanges#goOn}, for places. */
  int goOn(int range, boolean leave) {
    int position = ranges.goOn(range, leave);
    return position < 0 ? position : place(range, position);
  }

  /** Keeps what came out of a place that the worker has ended. */
  void succeeded(int place, @Nullable R result) {
    places[place] = stopsAtFailure ? result : new Outcome.Succeeded<>(job(place), result);
  }

  // Under the lock:

  /** Whether a part has a place to start. */
  boolean hasOwnPlace(int range) {
    return !ranges.isEmpty(range);
  }

  /** Another worker takes over what is left of a part; nobody has used the other part. */
  void handOver(int from, int to) {
    if (even) {
      firsts[to] = firsts[from];
    }
    ranges.handOver(from, to);
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
  void lost(int range) {
    ranges.lost(range);
  }

  @Override
  public boolean cancelRun(WorkerThread<J, R> worker) {
    return cancelRun(worker.range());
  }

  boolean cancelRun(int range) {
    int position;
    do { // it may go on to the next meanwhile
      position = ranges.running(range);
      if (position < 0 || ranges.isCancelled(range)) {
        return false;
      }
    } while (!ranges.cancel(range, position));
    stopped.put(place(range, position), Optional.empty());
    settled(1);
    return true;
  }

  /** Fails the place at a position that a worker runs, unless it has settled. */
  boolean timeOut(WorkerThread<J, R> worker, int position, Throwable cause) {
    if (!ranges.cancel(worker.range(), position)) {
      return false;
    }
    int place = place(worker.range(), position);
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
  boolean waitAgain(WorkerThread<J, R> worker, int place, JobAttempts tries) {
    if (!tries.mayTryAgain() || !ranges.waitAgain(worker.range())) {
      return false;
    }
    retried.put(place, tries);
    return true;
  }

  /** What broke the workers that tried a place before. */
  JobAttempts tries(int place, int attempts) {
    return retried.getOrDefault(place, new JobAttempts(attempts));
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
    for (int range = 0; range < ranges.count(); range++) {
      endUnstarted(range, cause, rest);
    }
    return rest;
  }

  /** The same for one part; adds to the rest. */
  void endUnstarted(int range, @Nullable Throwable cause, List<J> rest) {
    int before = rest.size();
    long left = ranges.empty(range);
    for (int position = BulkRanges.first(left); position < BulkRanges.last(left); position++) {
      int place = place(range, position);
      J job = job(place);
      JobAttempts tries = retried.get(place);
      if (tries != null) {
        failRetried(place, tries.failure());
        continue;
      }
      rest.add(job);
      keep(place, cause == null ? new Outcome.NotStarted<>(job) : new Outcome.Failed<>(job, cause));
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

  /** The position of its part that a worker runs, or {@link BulkRanges#LEFT}. */
  int runningPosition(int range) {
    return ranges.running(range);
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
    for (int range = 0; range < ranges.count(); range++) {
      passed -= ranges.left(range);
    }
    return Math.max(0, passed);
  }

  @Override
  @SuppressWarnings("unchecked") // it holds the job, as long as that runs
  public @Nullable J runningJob(WorkerThread<J, R> worker) {
    int position = ranges.running(worker.range());
    if (position < 0) {
      return null;
    }
    Object held = places[place(worker.range(), position)];
    VarHandle.acquireFence();
    if (ranges.running(worker.range()) != position) {
      return null; // it ended meanwhile, and the result may be there
    }
    return (J) held;
  }

  boolean isRunning(int range) {
    return ranges.isRunning(range);
  }

  @Override
  public boolean isRunning(WorkerThread<J, R> worker) {
    return isRunning(worker.range());
  }

  @Override
  public boolean isRunningCancelled(WorkerThread<J, R> worker) {
    return ranges.isCancelled(worker.range());
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
