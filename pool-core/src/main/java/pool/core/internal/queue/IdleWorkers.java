package pool.core.internal.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import pool.core.internal.util.PoolLock;

/**
 * The workers that are parked, and whether one is searching for work.
 *
 * <p>One word says how many sleep, and whether one <em>searches</em>: it was woken, or it has found
 * nothing and spins for a moment before it sleeps. There is at most one searcher. Whoever adds work
 * wakes a sleeper only if nobody searches, and that one becomes the searcher; a searcher that finds
 * work stops searching, and wakes the next if there is more. So a burst of jobs wakes workers one
 * after the other, no two for the same job, and a submit costs nothing but a read while all are
 * busy. The scheme is that of the Go scheduler (its proc.go explains "spinning" threads).
 *
 * <p><b>No wake-up is lost.</b> Whoever adds work first makes it visible, then reads the word. A
 * worker first enters itself in the word (as a sleeper, or as no longer searching), then looks for
 * work once more. All four are volatile, so they have one order, and one of the two comes second:
 * either the adder sees the sleeper, or the worker sees the work. An adder that sees a searcher
 * leaves the work to it: it will look again after it has left the word. A worker that was woken for
 * another reason may have been the one that this work was meant for: after it has rested, whatever
 * it found, it passes on that there is more.
 */
public final class IdleWorkers {

  private static final int SEARCHED = 1;
  private static final int ONE = 2;

  private final PoolLock lock;
  private final AtomicInteger word = new AtomicInteger();
  private final Deque<Parker> asleep; // and some that were woken

  /** For so many workers, each of which may have a successor: to enter one never needs memory. */
  public IdleWorkers(PoolLock lock, int workers) {
    this.lock = lock;
    this.asleep = new ArrayDeque<>(2 * workers);
  }

  /** Whether any worker sleeps. */
  public boolean anySleeps() {
    return word.get() >= ONE;
  }

  /** Whether so many workers sleep. */
  public boolean allSleep(int workers) {
    return word.get() >= workers * ONE;
  }

  /** How many workers sleep or search. */
  public int idle() {
    int now = word.get();
    return now / ONE + (now & SEARCHED);
  }

  /** Becomes the searcher; false when another is. */
  public boolean beginSearch() {
    int now = word.get();
    return (now & SEARCHED) == 0 && word.compareAndSet(now, now | SEARCHED);
  }

  /** Is no longer the searcher. What it looks at next is seen as it is after this. */
  public void endSearch() {
    word.getAndAdd(-SEARCHED);
  }

  /** Wakes one that sleeps, unless one searches. After work for any worker became visible. */
  public void signal() {
    int now;
    do {
      now = word.get();
      if (now < ONE || (now & SEARCHED) != 0) {
        return;
      }
    } while (!word.compareAndSet(now, now | SEARCHED));
    try (var _ = lock.hold()) {
      Parker next = next();
      if (next == null) { // others were woken meanwhile, and will look
        endSearch();
      } else {
        wake(next, true);
      }
    }
  }

  // Under the lock:

  private @Nullable Parker next() {
    Parker next;
    while ((next = asleep.poll()) != null) {
      if (next.unlist()) {
        return next;
      }
    }
    return null;
  }

  /** Enters a worker, whose last look for work must follow. */
  public void add(Parker worker, boolean searched) {
    word.getAndAdd(searched ? ONE - SEARCHED : ONE);
    if (worker.fallsAsleep()) {
      asleep.push(worker);
    }
  }

  /** Wakes so many, or all. */
  public void wake(int most) {
    Parker next;
    for (int i = 0; i < most && (next = next()) != null; i++) {
      wake(next, false);
    }
  }

  /** Wakes a worker if it sleeps: because of work that is for it alone, or of none. */
  public void wake(Parker worker) {
    wake(worker, false);
  }

  private void wake(Parker worker, boolean searches) {
    if (worker.wakesUp(searches)) {
      word.getAndAdd(-ONE);
    }
  }
}
