package pool.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The parts of a bulk call: for each worker a range of positions in one word, {@code next} to
 * {@code end}, and whether the position before {@code next} is running, and whether that run was
 * cancelled.
 *
 * <p>A worker goes from one position to the next by compare-and-set. It fails when somebody took
 * positions from the end, and is tried again, or when somebody has cancelled the run, and then the
 * worker has lost it. All others change a part under the pool's lock.
 *
 * <p>The words are reached by a {@link VarHandle}: all that leads to them is read again after each
 * compare-and-set, and an {@code AtomicLongArray} is one step more. With that, and the like in the
 * {@link WorkerCounters}, one worker took 10.4 ns a place instead of 8.7.
 */
final class BulkRanges {

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

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int FEW = 64; // whose words get a cache line each
  private static final int SPREAD = 16;

  private final int count;
  private final int spread;
  private final long[] words;

  private int victim; // the part to take from next; under the lock

  BulkRanges(int count) {
    this.count = count;
    this.spread = count <= FEW ? SPREAD : 1;
    this.words = new long[(count + 1) * spread];
  }

  private int word(int range) {
    return (range + 1) * spread; // the array's own header shares the first line
  }

  private long get(int word) {
    return (long) WORD.getVolatile(words, word);
  }

  private void put(int word, long value) {
    WORD.setVolatile(words, word, value);
  }

  private static long word(int next, int end) {
    return ((long) next << NEXT_SHIFT) | ((long) end << END_SHIFT);
  }

  private static int next(long range) {
    return (int) (range >>> NEXT_SHIFT);
  }

  private static int end(long range) {
    return (int) (range >>> END_SHIFT) & MASK;
  }

  private static long endingAt(long range, int end) {
    return (range & ~((long) MASK << END_SHIFT)) | ((long) end << END_SHIFT);
  }

  /** Gives a worker its part, before others see it. */
  void set(int range, int next, int end) {
    words[word(range)] = word(next, end);
  }

  int count() {
    return count;
  }

  // The worker whose part it is

  /**
   * Ends the position that is running, if one is, and starts the next.
   *
   * @param leave whether to end only
   * @return the position that was started, or {@link #LEFT} or {@link #LOST}
   */
  int goOn(int range, boolean leave) {
    int word = word(range);
    while (true) {
      long now = get(word);
      if ((now & CANCELLED) != 0) {
        return LOST;
      }
      boolean more = !leave && next(now) < end(now);
      long then = more ? (now + ONE_NEXT) | RUNNING : now & ~RUNNING;
      if (WORD.compareAndSet(words, word, now, then)) {
        return more ? next(now) : LEFT;
      }
    }
  }

  // Under the lock:

  /** Moves half of another part to one that is empty; false when all are. */
  boolean takeHalf(int range) {
    int empty = 0;
    while (empty < count) {
      int word = word(victim);
      long now = get(word);
      if (next(now) >= end(now)) {
        victim = (victim + 1) % count;
        empty++;
        continue;
      }
      int middle = next(now) + (end(now) - next(now)) / 2;
      if (WORD.compareAndSet(words, word, now, endingAt(now, middle))) {
        put(word(range), word(middle, end(now)));
        return true;
      }
    }
    return false;
  }

  boolean isEmpty(int range) {
    long now = get(word(range));
    return next(now) >= end(now);
  }

  /** Empties a part, and returns what it was: {@link #first} and {@link #last} say which. */
  long empty(int range) {
    int word = word(range);
    long now;
    do {
      now = get(word);
    } while (!WORD.compareAndSet(words, word, now, endingAt(now, next(now))));
    return now;
  }

  /** The first position of a part that was emptied. */
  static int first(long emptied) {
    return next(emptied);
  }

  /** The position after the last of a part that was emptied. */
  static int last(long emptied) {
    return end(emptied);
  }

  /**
   * Cancels the position that is running, if it is that one; false when it is not, or was
   * cancelled.
   */
  boolean cancel(int range, int position) {
    int word = word(range);
    while (true) {
      long now = get(word);
      if ((now & (RUNNING | CANCELLED)) != RUNNING || next(now) - 1 != position) {
        return false;
      }
      if (WORD.compareAndSet(words, word, now, now | CANCELLED)) {
        return true;
      }
    }
  }

  /** The position that is running is to be run again; false when it was cancelled. */
  boolean waitAgain(int range) {
    int word = word(range);
    while (true) {
      long now = get(word);
      if ((now & CANCELLED) != 0) {
        return false;
      }
      if (WORD.compareAndSet(words, word, now, (now - ONE_NEXT) & ~RUNNING)) {
        return true;
      }
    }
  }

  /** Gives what is left of one part to another, which is empty. */
  void handOver(int from, int to) {
    long left = empty(from);
    put(word(to), word(first(left), last(left)));
  }

  /** The worker has seen that its run was cancelled. */
  void lost(int range) {
    int word = word(range);
    put(word, get(word) & ~(RUNNING | CANCELLED));
  }

  // Any thread:

  /** How many positions of a part have not been started or are running. */
  long left(int range) {
    long now = get(word(range));
    return Math.max(0, end(now) - next(now)) + (now & RUNNING);
  }

  /** The position that is running, cancelled or not; {@link #LEFT} when none is. */
  int running(int range) {
    long now = get(word(range));
    return (now & RUNNING) == 0 ? LEFT : next(now) - 1;
  }

  /** Whether a position is running and not cancelled. */
  boolean isRunning(int range) {
    return (get(word(range)) & (RUNNING | CANCELLED)) == RUNNING;
  }

  boolean isCancelled(int range) {
    return (get(word(range)) & CANCELLED) != 0;
  }
}
