package pool.core;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The ring that submitters use now, and those before it that the workers have not emptied: so the
 * queue grows towards its bound with what waits in it, and nothing is ever moved.
 */
final class Rings<T> {

  private static final int FIRST = 64;
  private static final int LARGEST = 1 << 20;
  private static final int GROWTH = 4;
  private static final int CHUNK = 64;

  private final int largest;
  private volatile Ring<T> newest; // changed under the lock
  private final AtomicReference<Ring<T>> oldest; // not yet emptied

  private long submittedBefore; // to the rings before the newest; under the lock

  /** Rings that grow until they hold so many items, or until they are very large. */
  Rings(int capacity) {
    this(capacity, 0);
  }

  /** The same, as if so many items had been put in and taken. */
  Rings(int capacity, long before) {
    this.largest = powerOfTwo(Math.min(capacity, LARGEST));
    this.newest = new Ring<>(Math.min(FIRST, largest), before);
    this.oldest = new AtomicReference<>(newest);
  }

  private static int powerOfTwo(int atLeast) {
    return Math.max(2, Integer.highestOneBit(2 * atLeast - 1));
  }

  /** Puts an item in, for a permit; false when there is none. */
  boolean offer(T item) {
    return newest.offer(item);
  }

  /** Takes up to so many of the oldest items; returns how many. */
  int take(Ring.Taker<? super T> taker, int most) {
    while (true) {
      Ring<T> from = oldest.get();
      int taken = from.take(taker, most);
      Ring<T> next = from.next();
      if (taken > 0 || next == null || from.depth() > 0) {
        return taken;
      }
      oldest.compareAndSet(from, next);
    }
  }

  /** Whether the oldest item can be taken. */
  boolean hasItems() {
    Ring<T> from = oldest.get();
    while (!from.hasItems()) {
      Ring<T> next = from.next();
      if (next == null || from.depth() > 0) {
        return false;
      }
      from = next;
    }
    return true;
  }

  /** About how many items are in. */
  long depth() {
    return oldest.get().depth();
  }

  // Under the pool's lock:

  /** Spends a permit for something that waits elsewhere; false when there is none. */
  boolean spend() {
    return newest.spend();
  }

  /**
   * Grants permits for so many items, or for as many as there are places, when there are none left;
   * returns how many.
   */
  int grant(long items) {
    boolean isSmall = newest.free() <= newest.size() / GROWTH && newest.size() < largest;
    if (isSmall || newest.tail() >= Ring.MOST_ITEMS) {
      Ring<T> larger = new Ring<>(Math.min(GROWTH * newest.size(), largest));
      submittedBefore += newest.tail();
      newest.succeededBy(larger);
      newest = larger;
    }
    int granted = (int) Math.min(Math.min(items, newest.free()), Ring.MOST_PERMITS);
    newest.grant(granted);
    return granted;
  }

  /** How many more may be put in before more permits are granted. */
  int permits() {
    return newest.permits();
  }

  /** Takes all permits back. */
  void revoke() {
    newest.revoke();
  }

  /** How many items were ever put in. */
  long submitted() {
    return submittedBefore + newest.tail();
  }

  /** Takes every item out; waits for a submitter that is putting one in. */
  void drain(Consumer<T> each) {
    for (Ring<T> from = oldest.get(); from != null; from = from.next()) {
      for (int spins = 0; from.depth() > 0; spins++) {
        if (from.take((_, item) -> each.accept(item), CHUNK) == 0) {
          Ring.pause(spins);
        }
      }
    }
  }
}
