package pool.core;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The parts of a batch: for each slot a range of positions in one word, {@code next} to {@code
 * end}, and whether the position before {@code next} is running, and whether that run was
 * cancelled.
 *
 * <p>The worker of a slot goes from one position to the next by compare-and-set. It fails when
 * somebody took positions from the end, and is tried again, or when somebody has cancelled the run,
 * and then the worker has lost it. All others change a part under the pool's lock.
 */
final class Parts {

  /** There is no next position, or the worker was to leave. */
  static final int LEFT = -1;

  /** The run was cancelled meanwhile. */
  static final int LOST = -2;

  private static final long RUNNING = 1;
  private static final long CANCELLED = 2;
  private static final int END_SHIFT = 2;
  private static final int NEXT_SHIFT = 33;
  private static final long ONE_NEXT = 1L << NEXT_SHIFT;
  private static final int MASK = Integer.MAX_VALUE;

  private static final int FEW = 64; // whose words get a cache line each
  private static final int SPREAD = 16;

  private final int slots;
  private final int spread;
  private final AtomicLongArray words;

  private int victim; // the slot to take from next; under the lock

  Parts(int slots) {
    this.slots = slots;
    this.spread = slots <= FEW ? SPREAD : 1;
    this.words = new AtomicLongArray((slots + 1) * spread);
  }

  private int word(int slot) {
    return (slot + 1) * spread; // the array's own header shares the first line
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

  /** Gives a slot its part, before others see it. */
  void set(int slot, int next, int end) {
    words.setPlain(word(slot), part(next, end));
  }

  // The worker of the slot

  /**
   * Ends the position that is running, if one is, and starts the next.
   *
   * @param leave whether to end only
   * @return the position that was started, or {@link #LEFT} or {@link #LOST}
   */
  int goOn(int slot, boolean leave) {
    int word = word(slot);
    while (true) {
      long part = words.get(word);
      if ((part & CANCELLED) != 0) {
        return LOST;
      }
      boolean more = !leave && next(part) < end(part);
      long then = more ? (part + ONE_NEXT) | RUNNING : part & ~RUNNING;
      if (words.compareAndSet(word, part, then)) {
        return more ? next(part) : LEFT;
      }
    }
  }

  // Under the lock:

  /** Moves half of another slot's part to one that is empty; false when all are. */
  boolean takeHalf(int slot) {
    int empty = 0;
    while (empty < slots) {
      int word = word(victim);
      long part = words.get(word);
      if (next(part) >= end(part)) {
        victim = (victim + 1) % slots;
        empty++;
        continue;
      }
      int middle = next(part) + (end(part) - next(part)) / 2;
      if (words.compareAndSet(word, part, endingAt(part, middle))) {
        words.set(word(slot), part(middle, end(part)));
        return true;
      }
    }
    return false;
  }

  boolean isEmpty(int slot) {
    long part = words.get(word(slot));
    return next(part) >= end(part);
  }

  /** Empties a part, and returns what it was: {@link #first} and {@link #last} say which. */
  long empty(int slot) {
    int word = word(slot);
    long part;
    do {
      part = words.get(word);
    } while (!words.compareAndSet(word, part, endingAt(part, next(part))));
    return part;
  }

  /** The first position of a part that was emptied. */
  static int first(long emptied) {
    return next(emptied);
  }

  /** The position after the last of a part that was emptied. */
  static int last(long emptied) {
    return end(emptied);
  }

  /** Cancels the position that is running; {@link #LEFT} when none is, or it was cancelled. */
  int cancel(int slot) {
    int word = word(slot);
    while (true) {
      long part = words.get(word);
      if ((part & (RUNNING | CANCELLED)) != RUNNING) {
        return LEFT;
      }
      if (words.compareAndSet(word, part, part | CANCELLED)) {
        return next(part) - 1;
      }
    }
  }

  /** The worker has seen that its run was cancelled. */
  void lost(int slot) {
    int word = word(slot);
    words.set(word, words.get(word) & ~(RUNNING | CANCELLED));
  }

  // Any thread:

  /** The position that is running, cancelled or not; {@link #LEFT} when none is. */
  int running(int slot) {
    long part = words.get(word(slot));
    return (part & RUNNING) == 0 ? LEFT : next(part) - 1;
  }

  boolean isCancelled(int slot) {
    return (words.get(word(slot)) & CANCELLED) != 0;
  }
}
