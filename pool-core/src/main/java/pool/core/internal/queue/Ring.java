package pool.core.internal.queue;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue for many submitters and many workers, without a lock: the fast path of a job.
 *
 * <p>It is a ring of places, each with a turn, after Dmitry Vyukov's bounded queue (1024cores.net):
 * the place of index {@code i} is free for it while its turn is {@code i}, holds its item while the
 * turn is {@code i + 1}, and is free for the next lap from {@code i + size}. A submitter takes an
 * index by moving the tail, a worker takes several by moving the head; from then on each place
 * belongs to one thread, and the turn hands it to the next: written last, read first.
 *
 * <p><b>The gate.</b> The tail shares its word with a number of permits, and a submitter that moves
 * the tail spends one. Permits are granted under the pool's lock, never more than jobs may still
 * wait and places are free, so a submitter need count nothing. When there are none left it goes the
 * slow path, which grants the next, waits, or refuses. Without permits the tail stands still: that
 * is how a pool stops its intake.
 *
 * <p>Refused: a linked queue, which allocates for each job (24 bytes in {@code
 * ConcurrentLinkedQueue}); one cell for each item with its turn in it (the items of a block of 16
 * then lie on 16 lines, not on 2).
 */
public final class Ring<T> {

  private static final int MOST_PERMITS = (1 << 16) - 1;

  private static final int PERMIT_BITS = 16; // below the tail, of which 48 bits are kept
  private static final long ONE_MORE = (1L << PERMIT_BITS) - 1; // tail + 1, permits - 1
  private static final long TAIL_ONLY = 1L << PERMIT_BITS; // tail + 1
  private static final int SPINS = 100;
  private static final int STAND_BACK_SPINS = 512;

  // Each on cache lines of its own:
  private static final int GATE = 16;
  private static final int HEAD = 32;
  private static final int LENGTH = 48;

  private final AtomicLongArray cursors = new AtomicLongArray(LENGTH);
  private final AtomicIntegerArray turns; // the low bits of what is said above
  private final AtomicReferenceArray<@Nullable T> items;
  private final int size;

  private long tailSeen; // of what newlyPut has told; under the lock

  /** The size of a ring that holds at least so many items. */
  static int sizeFor(int items) {
    return Math.max(2, Integer.highestOneBit(2 * items - 1));
  }

  /** A ring without permits; the size is a power of two, at least 2. */
  public Ring(int size) {
    this(size, 0);
  }

  /** The same, as if so many items had been put in and taken. */
  public Ring(int size, long before) {
    this.size = size;
    this.items = new AtomicReferenceArray<>(size);
    this.turns = new AtomicIntegerArray(size);
    for (long index = before; index < before + size; index++) {
      turns.setPlain(place(index), (int) index);
    }
    cursors.setPlain(GATE, before << PERMIT_BITS);
    cursors.setPlain(HEAD, before);
    tailSeen = tail();
  }

  /**
   * Puts an item in, for a permit; false when there is none. The item is visible when it returns.
   */
  public boolean offer(T item) {
    long gate;
    while (((gate = cursors.get(GATE)) & MOST_PERMITS) > 0) {
      if (cursors.compareAndSet(GATE, gate, gate + ONE_MORE)) {
        put(gate >>> PERMIT_BITS, item);
        return true;
      }
      standBack();
    }
    return false;
  }

  private void put(long index, T item) {
    int place = place(index);
    awaitFree(place, (int) index);
    items.setPlain(place, item);
    turns.set(place, (int) index + 1); // a volatile write: what the submitter reads next is later
  }

  /**
   * Leaves the gate to the others for a moment. A cache line that two processors want at each
   * submit goes to and fro, which takes longer than the submit; this way each keeps it for many.
   */
  private static void standBack() {
    for (int i = 0; i < STAND_BACK_SPINS; i++) {
      Thread.onSpinWait();
    }
  }

  /** Whoever took the item of the last lap moved the head, and is about to clear the place. */
  private void awaitFree(int place, int turn) {
    int spins = 0;
    while (turns.getAcquire(place) != turn) {
      pause(spins++);
    }
  }

  /** Takes what was taken out of a ring. */
  public interface Taker<T> {
    /** Called for each item, the oldest first; {@code i} counts them from 0. */
    void put(int i, T item);
  }

  /** Takes up to so many items, the oldest first; returns how many. */
  public int take(Taker<? super T> taker, int most) {
    long head = cursors.get(HEAD);
    while (true) {
      int count = 0;
      while (count < most && isThere(head + count)) {
        count++;
      }
      if (count > 0 && cursors.compareAndSet(HEAD, head, head + count)) {
        for (int i = 0; i < count; i++) {
          taker.put(i, remove(head + i));
        }
        return count;
      }
      long now = cursors.get(HEAD);
      if (count == 0 && now == head) {
        return 0;
      }
      head = now;
    }
  }

  private boolean isThere(long index) {
    return turns.get(place(index)) == (int) index + 1;
  }

  private T remove(long index) {
    int place = place(index);
    T item = items.getPlain(place);
    items.setPlain(place, null);
    turns.setRelease(place, (int) index + size);
    return Objects.requireNonNull(item);
  }

  private int place(long index) {
    return (int) index & (size - 1);
  }

  /** Whether the oldest item can be taken: looks again when somebody takes it meanwhile. */
  public boolean hasItems() {
    long head = cursors.get(HEAD);
    while (!isThere(head)) {
      long now = cursors.get(HEAD);
      if (now == head) { // which only grows, so it was the oldest all the time
        return false;
      }
      head = now;
    }
    return true;
  }

  /** How many items are in, those included that a submitter is about to put in. */
  public long depth() {
    long head = cursors.get(HEAD);
    return Math.max(0, signed(tail() - head));
  }

  private long tail() {
    return cursors.get(GATE) >>> PERMIT_BITS;
  }

  /** A difference to a tail, of which the upper bits are not kept. */
  private static long signed(long difference) {
    return difference << PERMIT_BITS >> PERMIT_BITS;
  }

  // Under the pool's lock:

  /** Spends a permit for something that waits elsewhere; false when there is none. */
  public boolean spend() {
    long gate;
    do {
      gate = cursors.get(GATE);
      if ((gate & MOST_PERMITS) == 0) {
        return false;
      }
    } while (!cursors.weakCompareAndSetVolatile(GATE, gate, gate - 1));
    return true;
  }

  /** Adds permits, when there are none left: at most so many as there are free places. */
  public void grant(int permits) {
    long _ = cursors.getAndAdd(GATE, permits);
  }

  /**
   * Puts an item in when there are no permits, so that nobody else moves the tail; false when its
   * place is not free.
   */
  public boolean putWithoutPermit(T item) {
    long gate = cursors.get(GATE);
    long index = gate >>> PERMIT_BITS;
    int place = place(index);
    if (turns.getAcquire(place) != (int) index) {
      return false;
    }
    items.setPlain(place, item);
    cursors.set(GATE, gate + TAIL_ONLY);
    turns.set(place, (int) index + 1);
    tailSeen++;
    return true;
  }

  /** How many items were put in, for permits, since this was last asked. */
  public long newlyPut() {
    long more = signed(tail() - tailSeen);
    tailSeen += more;
    return more;
  }

  public int permits() {
    return (int) (cursors.get(GATE) & MOST_PERMITS);
  }

  /** Takes all permits back. */
  public void revoke() {
    long gate;
    do {
      gate = cursors.get(GATE);
    } while (!cursors.weakCompareAndSetVolatile(GATE, gate, gate & -(1L << PERMIT_BITS)));
  }

  /** For how many items permits can be granted, when no permit is left. */
  public int free() {
    return (int) Math.min(size - depth(), MOST_PERMITS);
  }

  /** Yields while a submitter or a worker on another thread is about to do its next step. */
  @SuppressWarnings("ThreadPriorityCheck") // it may have lost its processor to us
  public static void pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      Thread.yield();
    }
  }
}
