package pool.core.internal.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.util.Deques;

/**
 * The keys of one slot whose jobs may not be started for now, and the jobs of those keys that wait.
 *
 * <p>A job holds its key while its run does not come back, though its worker was abandoned, and
 * while the job itself waits for a time. Later jobs of that key are set aside when they are met,
 * behind it, and other jobs go on. Once the key is free, what was set aside comes before all else,
 * so its order is kept.
 *
 * <p>Keys that may be free stand in a list of their own, so that it costs nothing how many others
 * are held. It is linked through the keys, since to free one must not need memory. A key that is
 * kept here is held, or is in that list: it leaves the list when it is found to be held, and comes
 * back when whatever held it no longer does.
 *
 * <p>Everything is under the pool's lock.
 */
final class HeldKeys<J, R> {

  /** A key that is held, or was and may have jobs that wait since then. */
  static final class HeldKey<J, R> {
    private final int key;
    private Deque<JobFuture<J, R>> setAside = new ArrayDeque<>(4);
    private boolean isHeldByRun; // of an abandoned worker
    private boolean isListed; // among those that are free
    private @Nullable HeldKey<J, R> nextListed;

    HeldKey(int key) {
      this.key = key;
    }

    /** The jobs of that key, in order. */
    Deque<JobFuture<J, R>> setAside() {
      return setAside;
    }
  }

  private Map<Integer, HeldKey<J, R>> keys = Map.of(); // until the first is held
  private @Nullable HeldKey<J, R> firstListed;
  private @Nullable HeldKey<J, R> lastListed;

  boolean isEmpty() {
    return keys.isEmpty();
  }

  /** The key of a job, if it is held, or was and has jobs that wait since then; else null. */
  @Nullable HeldKey<J, R> of(JobFuture<J, R> future) {
    return future instanceof KeyedFuture<J, R> keyed ? keys.get(keyed.key()) : null;
  }

  /** The key of a job, which is to be held. */
  HeldKey<J, R> add(KeyedFuture<J, R> future) {
    if (keys.isEmpty()) {
      keys = new HashMap<>();
    }
    HeldKey<J, R> key = keys.computeIfAbsent(future.key(), HeldKey::new);
    list(key); // perhaps in vain
    return key;
  }

  /** A run that was abandoned holds its key until that is freed. */
  HeldKey<J, R> hold(KeyedFuture<J, R> run) {
    HeldKey<J, R> key = add(run);
    key.isHeldByRun = true;
    return key;
  }

  /** An abandoned run has returned, or the pool closes. */
  void free(HeldKey<J, R> key) {
    key.isHeldByRun = false;
    list(key);
  }

  void freeAll() {
    if (!keys.isEmpty()) { // else, at the exit, the class of a key may not be there to be loaded
      keys.values().forEach(this::free);
    }
  }

  /**
   * A job that was started is set aside, before all of its key but those that are to precede it. If
   * it is delayed, it holds its key.
   */
  void setAside(HeldKey<J, R> key, JobFuture<J, R> future, Predicate<JobFuture<J, R>> precede) {
    JobFuture<J, R> first = key.setAside.peek();
    if (first == null || !precede.test(first)) {
      Deques.addFirst(key.setAside, future);
    } else {
      insert(key, future, precede);
    }
  }

  /** A batch has put off others of that key before. */
  private void insert(
      HeldKey<J, R> key, JobFuture<J, R> future, Predicate<JobFuture<J, R>> precede) {
    List<JobFuture<J, R>> all = new ArrayList<>(key.setAside);
    int place = 0;
    while (place < all.size() && precede.test(all.get(place))) {
      place++;
    }
    all.add(place, future);
    key.setAside = new ArrayDeque<>(all);
  }

  /** A job is no longer delayed, if it was; whether its key is kept here. */
  boolean due(JobFuture<J, R> future) {
    HeldKey<J, R> key = keys.isEmpty() ? null : of(future);
    if (key != null) {
      list(key);
    }
    return key != null;
  }

  /** Its jobs may be started now, perhaps. */
  void list(HeldKey<J, R> key) {
    if (key.isListed) {
      return;
    }
    key.isListed = true;
    if (lastListed == null) {
      firstListed = key;
    } else {
      lastListed.nextListed = key;
    }
    lastListed = key;
  }

  /** A key that is free and has jobs; null when there is none. */
  @Nullable HeldKey<J, R> nextFree() {
    HeldKey<J, R> key;
    while ((key = firstListed) != null) {
      JobFuture<J, R> next = key.setAside.peek();
      boolean isHeld = key.isHeldByRun || (next != null && next.isDelayed());
      if (next != null && !isHeld) {
        return key;
      }
      firstListed = key.nextListed;
      lastListed = firstListed == null ? null : lastListed;
      key.nextListed = null;
      key.isListed = false;
      if (!isHeld) {
        keys.remove(key.key);
      }
    }
    return null;
  }

  /** The jobs of each key. */
  Stream<Deque<JobFuture<J, R>>> queues() {
    return keys.values().stream().map(HeldKey::setAside);
  }
}
