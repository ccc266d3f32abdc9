package pool.core.internal.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.core.internal.job.BroadcastFuture;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.job.RunPart;
import pool.core.internal.queue.HeldKeys.HeldKey;
import pool.core.internal.util.Deques;

/**
 * The jobs that wait for one slot alone: keyed, or dealt evenly. First in, first out.
 *
 * <p>Jobs of a key that is held are set aside when they are met ({@link HeldKeys}).
 *
 * <p>The jobs of a batch that was rolled back come before all else, each alone; so do, behind them,
 * those of broadcasts. One of these that waits for a time keeps its place, so that all slots do
 * broadcasts in one order; other jobs overtake it.
 *
 * <p>Everything is under the pool's lock; {@link #mayHaveWork} may be asked without.
 */
public final class SlotQueue<J, R> {

  private final HeldKeys<J, R> heldKeys = new HeldKeys<>();
  private @Nullable Deque<JobFuture<J, R>> jobs; // made when first needed
  private @Nullable Deque<JobFuture<J, R>> solo; // likewise: rolled back, then broadcasts
  private volatile boolean hasSolo; // and the first may be started
  private volatile boolean hasRolledBack;
  private @Nullable JobFuture<J, R> startedSolo; // the last that was started, if it was from there
  private @Nullable Parker parker; // of the slot's worker; null while the slot stays empty
  private volatile boolean mayHaveWork; // or had when it was last looked at

  /** Whether something may wait for this slot alone. Any thread. */
  public boolean mayHaveWork() {
    return mayHaveWork;
  }

  /** Something waits for this slot alone, perhaps elsewhere: a place of a bulk call. */
  public void markWork() {
    mayHaveWork = true;
  }

  /** Its worker has found nothing, here or elsewhere. */
  public void updateMayHaveWork() {
    mayHaveWork = hasSolo || (jobs != null && !jobs.isEmpty()) || heldKeys.nextFree() != null;
  }

  /** A worker lives in the slot from now on. */
  public void filledBy(Parker itsParker) {
    parker = itsParker;
  }

  /** Nobody lives in the slot, unless it is filled again. */
  public void staysEmpty() {
    parker = null;
  }

  public boolean isEmptySlot() {
    return parker == null;
  }

  public void wake(IdleWorkers idleWorkers) {
    if (parker != null) {
      idleWorkers.wake(parker);
    }
  }

  void add(JobFuture<J, R> future) {
    Deques.addLast(jobs(), future);
    mayHaveWork = true;
  }

  /** Before all that wait, of their keys at least. */
  void addFirst(JobFuture<J, R> future) {
    Deques.addFirst(jobs(), future);
    mayHaveWork = true;
  }

  private Deque<JobFuture<J, R>> jobs() {
    if (jobs == null) {
      jobs = new ArrayDeque<>(4);
    }
    return jobs;
  }

  /** Whether jobs may wait that come before all else, each alone. Any thread. */
  public boolean hasSolo() {
    return hasSolo;
  }

  /** Whether jobs of a batch that was rolled back wait, which its worker is to do. Any thread. */
  public boolean hasRolledBack() {
    return hasRolledBack;
  }

  /** About how many jobs wait that may be started now, or whose keys may be held. */
  public int size() {
    HeldKey<J, R> free = heldKeys.nextFree();
    return (jobs == null ? 0 : jobs.size()) + (free == null ? 0 : free.setAside().size());
  }

  /** Starts the next job; null when none is left. */
  public @Nullable JobFuture<J, R> startNext(ClaimedJobs<J, R> claimed) {
    return startNext(claimed, _ -> true);
  }

  /** Starts the next job if it is as it should be; null when it is not, or none is left. */
  public @Nullable JobFuture<J, R> startNext(
      ClaimedJobs<J, R> claimed, Predicate<JobFuture<J, R>> isMeant) {
    startedSolo = null;
    Deque<JobFuture<J, R>> queue;
    while ((queue = nextQueue()) != null && isMeant.test(queue.element())) {
      boolean isSolo = hasSolo; // then it is from there
      JobFuture<J, R> future = queue.remove();
      soloChanged();
      if (claimed.start(future)) {
        startedSolo = isSolo ? future : null;
        return future;
      }
    }
    return null;
  }

  /** Which queue has the next job; null when none has. */
  private @Nullable Deque<JobFuture<J, R>> nextQueue() {
    if (hasSolo) {
      return solo();
    }
    HeldKey<J, R> free = heldKeys.nextFree();
    if (free != null) {
      return free.setAside();
    }
    JobFuture<J, R> next;
    while (jobs != null && (next = jobs.peek()) != null) {
      HeldKey<J, R> key = heldKeys.of(next);
      if (key == null) {
        return jobs;
      }
      Deques.addLast(key.setAside(), next); // before it is taken out, since this may throw
      JobFuture<J, R> _ = jobs.remove();
    }
    return null;
  }

  /** Whether the job that the slot has started last is that one, and is to be done alone. */
  public boolean startedSolo(JobFuture<J, R> future) {
    return startedSolo == future;
  }

  /** A job that is to be done alone waits again, before all others; false when it had settled. */
  boolean addSolo(JobFuture<J, R> future, int slot) {
    Deques.addFirst(solo(), future); // before it waits, since this may throw
    boolean waits = future.waitAgain(slot);
    if (!waits) {
      JobFuture<J, R> _ = solo().removeFirst();
    }
    soloChanged();
    mayHaveWork |= waits;
    return waits;
  }

  /** A job of a broadcast is to be done next, alone. */
  void addNext(BroadcastFuture<J, R> future) {
    Deques.addLast(solo(), future);
    soloChanged();
    mayHaveWork = true;
  }

  /** Lets a job of a broadcast that was started wait for a time; false when it had settled. */
  boolean delayNext(BroadcastFuture<J, R> future, BooleanSupplier delay) {
    Deques.addFirst(solo(), future); // before it waits, since this may throw
    boolean waits = false;
    try {
      waits = delay.getAsBoolean();
    } finally {
      if (!waits) {
        JobFuture<J, R> _ = solo().removeFirst();
      }
      soloChanged();
    }
    return waits;
  }

  /** How many jobs of broadcasts wait here to be done next, perhaps for a time. */
  long broadcastsWaiting() {
    return solo == null
        ? 0
        : solo.stream()
            .filter(BroadcastFuture.class::isInstance)
            .filter(future -> !future.isSettled())
            .count();
  }

  private Deque<JobFuture<J, R>> solo() {
    if (solo == null) {
      solo = new ArrayDeque<>(4);
    }
    return solo;
  }

  private void soloChanged() {
    JobFuture<J, R> first = solo == null ? null : solo.peek();
    hasSolo = first != null && !first.isDelayed();
    hasRolledBack = hasSolo && !(first instanceof BroadcastFuture);
  }

  /**
   * Moves, of the jobs that come before all else, those that are meant to the front of another
   * queue, in order; returns how many. What throws half-way has moved the last of them.
   */
  int moveSolo(Predicate<JobFuture<J, R>> areMeant, Deque<JobFuture<J, R>> to) {
    int moved = 0;
    if (solo != null) {
      for (Iterator<JobFuture<J, R>> last = solo.descendingIterator(); last.hasNext(); ) {
        JobFuture<J, R> future = last.next();
        if (areMeant.test(future)) {
          Deques.addFirst(to, future); // before it is taken out, since this may throw
          last.remove();
          moved++;
        }
      }
      soloChanged();
    }
    return moved;
  }

  /** The key of what an abandoned worker runs, if it has one, is held until it is freed. */
  public void holdKey(RunPart<J, R> run) {
    if (run instanceof KeyedFuture<J, R> keyed) {
      moveSoloTo(heldKeys.hold(keyed));
    }
  }

  private void moveSoloTo(HeldKey<J, R> key) {
    int _ = moveSolo(future -> heldKeys.of(future) == key, key.setAside());
  }

  /**
   * A job of a key that was started is to wait again: first of its key, but for those that are to
   * precede it. False when it had settled.
   *
   * @param waitAgain makes it a waiting job; a delayed one holds its key until {@link #due}
   */
  boolean setAside(
      KeyedFuture<J, R> future, Predicate<JobFuture<J, R>> precede, BooleanSupplier waitAgain) {
    HeldKey<J, R> key = heldKeys.add(future);
    moveSoloTo(key);
    boolean waits = false;
    try {
      heldKeys.setAside(key, future, precede); // before it waits, since this may throw
      waits = waitAgain.getAsBoolean();
    } finally {
      if (!waits) {
        boolean _ = key.setAside().remove(future);
      }
    }
    mayHaveWork = true;
    return waits;
  }

  /** A job waits for a time no longer, if it did; whether it, or its key, is kept here. */
  boolean due(JobFuture<J, R> future) {
    boolean isKept = future instanceof BroadcastFuture || heldKeys.due(future);
    soloChanged();
    mayHaveWork |= isKept;
    return isKept;
  }

  /** Whether a key is held, or was and has jobs that wait since then. */
  public boolean holdsKeys() {
    return !heldKeys.isEmpty();
  }

  /** That run has returned. */
  public void freeKey(RunPart<J, R> run) {
    HeldKey<J, R> key = run instanceof JobFuture<J, R> future ? heldKeys.of(future) : null;
    if (key != null) {
      heldKeys.free(key);
      mayHaveWork = true;
    }
  }

  /** The pool closes. */
  public void freeAllKeys() {
    heldKeys.freeAll();
    mayHaveWork = true;
  }

  /**
   * A job that was started is to wait again, before all that wait, of its key at least. Only jobs
   * that were set aside before, and are to precede it, stay before it. False when it had settled.
   */
  boolean addAgain(JobFuture<J, R> future, int slot, Predicate<JobFuture<J, R>> precede) {
    if (startedSolo(future)) {
      return addSolo(future, slot);
    }
    if (future instanceof KeyedFuture<J, R> keyed && heldKeys.of(keyed) != null) {
      return setAside(keyed, precede, () -> future.waitAgain(slot));
    }
    addFirst(future); // before it waits, since this may throw
    boolean waits = future.waitAgain(slot);
    if (!waits) {
      JobFuture<J, R> _ = jobs().removeFirst();
    }
    return waits;
  }

  /** Whether a job waits here. */
  public boolean holds(JobFuture<J, R> future) {
    return queues().anyMatch(queue -> queue.contains(future));
  }

  void removeSettled() {
    queues().forEach(queue -> queue.removeIf(JobFuture::isSettled));
    soloChanged();
  }

  /** Takes out up to so many jobs, as {@link JobQueue#takeOut} does; returns how many. */
  public int takeOut(Consumer<JobFuture<J, R>> each, int most) {
    int taken = solo == null ? 0 : takeOut(solo, each, most);
    soloChanged();
    taken += jobs == null ? 0 : takeOut(jobs, each, most - taken);
    for (Deque<JobFuture<J, R>> queue : heldKeys.queues().toList()) {
      taken += takeOut(queue, each, most - taken);
    }
    return taken;
  }

  private static <T> int takeOut(Deque<T> queue, Consumer<T> each, int most) {
    int taken = 0;
    T next;
    while (taken < most && (next = queue.poll()) != null) {
      each.accept(next);
      taken++;
    }
    return taken;
  }

  private Stream<Deque<JobFuture<J, R>>> queues() {
    return Stream.concat(Stream.of(solo, jobs).filter(Objects::nonNull), heldKeys.queues());
  }
}
