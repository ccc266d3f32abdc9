package pool.core.internal.bulk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The shares of a bulk call: for each slot a range of positions in one word. It has {@code next}
 * and {@code end}, and whether the position before {@code next} is running, and whether that run
 * was settled, by a cancel or a time-out, before it returned.
 *
 * <p>A worker goes from one position to the next by compare-and-set. That fails when somebody has
 * taken positions from the end, and is tried again; or when the word no longer says that the
 * worker's position runs unsettled, and then the worker has lost its run. No position runs twice,
 * so an abandoned worker that comes back has lost, whatever its successor has done with the share
 * meanwhile. All others change a share under the pool's lock.
 *
 * <p>The words are reached by a {@link VarHandle}: all that leads to them is read again after each
 * compare-and-set, and an {@code AtomicLongArray} is one step more.
 */
public final class BulkRanges {

  /** There is no next position, or the worker was to leave. */
  public static final int LEFT = -1;

  /** The run was settled meanwhile. */
  public static final int LOST = -2;

  private static final long RUNNING = 1;
  private static final long SETTLED = 2;
  private static final int END_SHIFT = 2;
  private static final int NEXT_SHIFT = 33;
  private static final long ONE_NEXT = 1L << NEXT_SHIFT;
  private static final int MASK = Integer.MAX_VALUE;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int FEW = 64; // whose words get a cache line each
  private static final int SPREAD = 16;

  private final int slots;
  private final int spread;
  private final long[] words;

  private int victim; // the share to take from next; under the lock

  public BulkRanges(int slots) {
    this.slots = slots;
    this.spread = slots <= FEW ? SPREAD : 1;
    this.words = new long[(slots + 1) * spread];
  }

  private int word(int slot) {
    return (slot + 1) * spread; // the array's own header shares the first line
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

  private static boolean runs(long range, int position) {
    return (range & (RUNNING | SETTLED)) == RUNNING && next(range) - 1 == position;
  }

  /** Gives a slot its share, before others see it. */
  public void set(int slot, int next, int end) {
    words[word(slot)] = word(next, end);
  }

  public int slots() {
    return slots;
  }

  // The slot's worker

  /**
   * Ends the position that the worker has run, and starts the next.
   *
   * @param leave whether to end only
   * @return the position that was started, or {@link #LEFT} or {@link #LOST}
   */
  public int next(int slot, int position, boolean leave) {
    int word = word(slot);
    while (true) {
      long now = get(word);
      if (!runs(now, position)) {
        return LOST;
      }
      boolean more = !leave && next(now) < end(now);
      if (WORD.compareAndSet(words, word, now, more ? now + ONE_NEXT : now & ~RUNNING)) {
        return more ? next(now) : LEFT;
      }
    }
  }

  // Under the lock:

  /** Starts a position of a share that runs none; false when the share is empty. */
  public boolean start(int slot) {
    int word = word(slot);
    while (true) {
      long now = get(word);
      if (next(now) >= end(now)) {
        return false;
      }
      if (WORD.compareAndSet(words, word, now, (now + ONE_NEXT) | RUNNING)) {
        return true;
      }
    }
  }

  /**
   * Moves half of another share to one that is empty and runs nothing; false when all are empty.
   */
  public boolean takeHalf(int slot) {
    int empty = 0;
    while (empty < slots) {
      int word = word(victim);
      long now = get(word);
      if (next(now) >= end(now)) {
        victim = (victim + 1) % slots;
        empty++;
        continue;
      }
      int middle = next(now) + (end(now) - next(now)) / 2;
      if (WORD.compareAndSet(words, word, now, endingAt(now, middle))) {
        put(word(slot), word(middle, end(now)));
        return true;
      }
    }
    return false;
  }

  public boolean isEmpty(int slot) {
    long now = get(word(slot));
    return next(now) >= end(now);
  }

  /** Empties a share, and returns what it was: {@link #first} and {@link #last} say which. */
  public long empty(int slot) {
    int word = word(slot);
    long now;
    do {
      now = get(word);
    } while (!WORD.compareAndSet(words, word, now, endingAt(now, next(now))));
    return now;
  }

  /** The first position of a share that was emptied. */
  public static int first(long emptied) {
    return next(emptied);
  }

  /** The position after the last of a share that was emptied. */
  public static int last(long emptied) {
    return end(emptied);
  }

  /** Settles a position while it runs; false when it does not, or has settled. */
  public boolean settle(int slot, int position) {
    return replaceRunning(slot, position, SETTLED);
  }

  private boolean replaceRunning(int slot, int position, long change) {
    int word = word(slot);
    while (true) {
      long now = get(word);
      if (!runs(now, position)) {
        return false;
      }
      if (WORD.compareAndSet(words, word, now, now + change)) {
        return true;
      }
    }
  }

  /**
   * Takes a position that runs, and those that follow it in the share, out of the range: so many,
   * which are there. False when that position does not run, or has settled.
   */
  public boolean take(int slot, int position, int count) {
    return replaceRunning(slot, position, (count - 1) * ONE_NEXT - RUNNING);
  }

  /** A settled run has returned, or its worker was abandoned. */
  public void settledRunReturned(int slot) {
    int word = word(slot);
    put(word, get(word) & ~(RUNNING | SETTLED));
  }

  // Any thread:

  /** A share at one moment, for the next two. */
  public long share(int slot) {
    return get(word(slot));
  }

  /** How many positions of a share have not been started. */
  public static long unstarted(long share) {
    return Math.max(0, end(share) - next(share));
  }

  /** Whether a position of a share runs that has not settled. */
  public static boolean hasUnsettledRun(long share) {
    return (share & (RUNNING | SETTLED)) == RUNNING;
  }

  /** The position that is running, settled or not; {@link #LEFT} when none is. */
  public int running(int slot) {
    long now = get(word(slot));
    return (now & RUNNING) == 0 ? LEFT : next(now) - 1;
  }

  public boolean isRunning(int slot, int position) {
    return runs(get(word(slot)), position);
  }

  /** Whether a position runs that has settled. */
  public boolean isRunningSettled(int slot) {
    return (get(word(slot)) & SETTLED) != 0;
  }
}
