package pool.core.internal.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pool.core.Distribution;
import pool.core.internal.job.BroadcastFuture;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.life.Base;
import pool.core.internal.util.Deques;
import pool.core.internal.util.TimedWait;

/**
 * The jobs that wait for a time, after a run that has put them off, and the pause of the pool.
 *
 * <p>A job that waits for a time is a waiting job like any other: it counts as queued, and can be
 * cancelled. One with a key stands in its slot's queue and holds the key ({@link HeldKeys}); one of
 * a broadcast stands there, too; any other stands here only, and once its time has come goes in
 * front of what overflows, or of what waits for its slot. Here is the time of both, in one heap (as
 * in the JDK's {@code DelayQueue}). There is one timer for all: the supervisor, which is called
 * when a time is added that comes before the others.
 *
 * <p>While the pool is paused no worker starts a job. Workers read that without the lock, before
 * they look for one; and under it, before they sleep, so that the end of the pause wakes them.
 *
 * <p>Everything else is under the pool's lock.
 */
public final class DelayedJobs<J, R> {

  /**
   * Times are of {@link System#nanoTime}. Of those that are equal the last added comes first: a
   * batch adds its jobs from the last to the first.
   */
  private record Delayed<J, R>(JobFuture<J, R> future, int slot, long due, long number) {}

  private static final int PORTION = 4_096;

  private final Base base;
  private final List<SlotQueue<J, R>> slots;
  private final JobQueue<J, R> queue;
  private final IdleWorkers idleWorkers;
  private final boolean even;
  private final PriorityQueue<Delayed<J, R>> heap = new PriorityQueue<>(DelayedJobs::compare);
  private final Deque<Delayed<J, R>> due = new ArrayDeque<>(); // on their way to the queue
  private long added;
  private long pauseEnds;
  private volatile boolean isPaused;

  public DelayedJobs(
      Base base, List<SlotQueue<J, R>> slots, JobQueue<J, R> queue, IdleWorkers idleWorkers) {
    this.base = base;
    this.slots = slots;
    this.queue = queue;
    this.idleWorkers = idleWorkers;
    this.even = base.settings().distribution() == Distribution.EVEN;
  }

  private static int compare(Delayed<?, ?> one, Delayed<?, ?> other) {
    return one.due == other.due
        ? Long.compare(other.number, one.number)
        : Long.signum(one.due - other.due);
  }

  /** Whether no job may be started for now. Any thread. */
  public boolean isPaused() {
    return isPaused;
  }

  /** Lets no job start until then, or later if that was said before; false if it was. */
  public boolean pauseUntil(long end) {
    boolean wasPaused = isPaused;
    if (!wasPaused || end - pauseEnds > 0) {
      pauseEnds = end;
      isPaused = true;
      base.bell().ringBy(end);
    }
    return !wasPaused;
  }

  /**
   * Lets a job that a slot has started wait until a time; false when it had settled.
   *
   * @param precede jobs of the same key that come before it all the same
   * @param delay makes it a job that waits for a time
   */
  public boolean add(
      JobFuture<J, R> future,
      int slot,
      long until,
      Predicate<JobFuture<J, R>> precede,
      BooleanSupplier delay) {
    int home = future.isForOneSlot() || even ? slot : JobQueue.ANY;
    Delayed<J, R> delayed = new Delayed<>(future, home, until, added++);
    heap.add(delayed);
    boolean waits = false;
    try {
      waits =
          switch (future) {
            case KeyedFuture<J, R> keyed -> slots.get(slot).setAside(keyed, precede, delay);
            case BroadcastFuture<J, R> broadcast -> slots.get(slot).delayNext(broadcast, delay);
            default -> delay.getAsBoolean();
          };
    } finally {
      if (!waits) {
        boolean _ = heap.remove(delayed);
      }
    }
    if (waits) {
      queue.waitsAgain();
      if (delayed.equals(heap.peek())) {
        base.bell().ringBy(until);
      }
    }
    return waits;
  }

  /** A job has settled while it waited, perhaps for a time: it holds up others no longer. */
  public void settledWaiting(JobFuture<J, R> future) {
    if (future instanceof KeyedFuture<J, R> keyed) {
      wake(future, JobQueue.slotOf(keyed.key(), slots.size()));
    } else if (future instanceof BroadcastFuture) {
      heap.stream()
          .filter(delayed -> delayed.future.equals(future))
          .forEach(delayed -> wake(future, delayed.slot));
    }
  }

  private void wake(JobFuture<J, R> future, int slot) {
    if (slots.get(slot).due(future)) {
      slots.get(slot).wake(idleWorkers);
    }
  }

  /** Lets go of those that have settled. */
  public void removeSettled() {
    heap.removeIf(delayed -> delayed.future.isSettled());
  }

  /**
   * The timer: lets those wait for a worker whose time has come, and ends the pause when it is
   * over. May be called again when it throws.
   *
   * @return how many nanoseconds are left until it is to be called again
   */
  public long release() {
    long now = System.nanoTime();
    Delayed<J, R> next;
    while (due.size() < PORTION && (next = heap.peek()) != null && now - next.due >= 0) {
      if (!next.future.isForOneSlot()) {
        Deques.addLast(due, next);
      } else {
        boolean _ = next.future.makeDue();
        wake(next.future, next.slot); // also if it has settled, without memory to tell of that
      }
      Delayed<J, R> _ = heap.poll();
    }
    while ((next = due.peekLast()) != null) { // each comes before those that wait
      if (next.future.makeDue() || next.future.isWaiting()) { // as it is when that has thrown
        queue.addFirst(next.future, next.slot);
      }
      Delayed<J, R> _ = due.pollLast();
    }
    if (isPaused && now - pauseEnds >= 0) {
      isPaused = false;
      idleWorkers.wake(Integer.MAX_VALUE);
    }
    return untilNext(now);
  }

  private long untilNext(long now) {
    Delayed<J, R> next = heap.peek();
    long left = next == null ? TimedWait.NEVER : Math.max(0, next.due - now);
    return isPaused ? Math.min(left, pauseLeft(now)) : left;
  }

  private long pauseLeft(long now) {
    return Math.max(0, pauseEnds - now);
  }

  /** How many jobs wait for a time. */
  public long size() {
    return heap.stream().filter(delayed -> delayed.future.isDelayed()).count();
  }

  /** For how many nanoseconds nothing of what waits for a time is started. */
  public long untilNext() {
    long now = System.nanoTime();
    return isPaused
        ? pauseLeft(now)
        : heap.stream()
            .filter(delayed -> delayed.future.isDelayed())
            .mapToLong(delayed -> Math.max(0, delayed.due - now))
            .min()
            .orElse(0);
  }

  /** Whether a job of a slot stands here only. */
  public boolean holds(JobFuture<J, R> future, int slot) {
    return Stream.concat(due.stream(), heap.stream())
        .anyMatch(delayed -> delayed.slot == slot && delayed.future.equals(future));
  }

  /** Whoever times it may not have been called, since no thread could be had. */
  public void ringAgain() {
    if (isPaused || !heap.isEmpty()) {
      base.bell().ring();
    }
  }

  /** Takes out up to so many of those that stand here only; returns how many. */
  public int takeOut(Consumer<JobFuture<J, R>> each, int most) {
    return takeOut(_ -> true, each, most);
  }

  /** The same for those of one slot. */
  public int takeOutFor(int slot, Consumer<JobFuture<J, R>> each, int most) {
    return takeOut(delayed -> delayed.slot == slot, each, most);
  }

  private int takeOut(Predicate<Delayed<J, R>> areMeant, Consumer<JobFuture<J, R>> each, int most) {
    if (heap.isEmpty() && due.isEmpty()) { // and no class of theirs has been loaded
      return 0;
    }
    Set<Delayed<J, R>> meant =
        Stream.concat(due.stream(), heap.stream())
            .filter(delayed -> !delayed.future.isForOneSlot() && areMeant.test(delayed))
            .limit(most)
            .collect(Collectors.toSet());
    if (!meant.isEmpty()) {
      boolean _ = due.removeIf(meant::contains);
      boolean _ = heap.removeIf(meant::contains);
      meant.forEach(delayed -> each.accept(delayed.future));
    }
    return meant.size();
  }
}
