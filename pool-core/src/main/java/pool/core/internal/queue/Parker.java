package pool.core.internal.queue;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/**
 * One worker's sleep, among the {@link IdleWorkers}, and its pauses between tries to open.
 *
 * <p>It falls asleep and is woken under the pool's lock, but waits without it: so it need not take
 * the lock again before it runs the job that it was woken for. What its waker wrote before {@code
 * asleep} it sees once it has read that it is awake.
 */
public final class Parker {

  private static final long BRIEF_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private final PoolLock lock;

  // The worker's own:
  private boolean parkedTooLong; // it has waited as long as it may without a look at its worker
  private boolean sleptBriefly = true;

  // Read by its own thread without the pool's lock. Whoever wakes it writes them under the lock;
  // while it is awake it writes searches, and when its time is over pauses, without.
  private boolean searches;
  private volatile boolean asleep;
  private volatile boolean pauses;

  // Under the pool's lock:
  private @Nullable Thread thread; // which sleeps or pauses
  private boolean listed; // though perhaps woken since

  public Parker(PoolLock lock) {
    this.lock = lock;
  }

  // Its own thread:

  /** Whether it is the searcher, or becomes it. */
  public boolean becomesSearcher(IdleWorkers idleWorkers) {
    searches = searches || idleWorkers.beginSearch();
    return searches;
  }

  /** Whether it was the searcher; no longer. */
  public boolean endsSearch() {
    boolean searched = searches;
    searches = false;
    return searched;
  }

  /** Whether its last sleep was as long as it may be; no longer. */
  public boolean takeParkedTooLong() {
    boolean was = parkedTooLong;
    parkedTooLong = false;
    return was;
  }

  /** Whether its last sleep was shorter than what it takes to fall asleep and to be woken. */
  public boolean sleptBriefly() {
    return sleptBriefly;
  }

  /** Waits until it is woken; false when that took so many nanoseconds. Without the lock. */
  public boolean sleep(long most) {
    long began = System.nanoTime();
    long slept = 0;
    while (asleep && slept < most) {
      park(most == TimedWait.NEVER ? most : most - slept);
      Interrupts.clear(); // it comes from outside, and is for no job
      slept = System.nanoTime() - began;
    }
    sleptBriefly = slept < BRIEF_NANOS;
    parkedTooLong = asleep;
    return !parkedTooLong;
  }

  /** Waits, with no worker, so long, or until the pause is ended. Without the lock. */
  public void pause(long nanos) {
    long began = System.nanoTime();
    long waited = 0;
    while (pauses && waited < nanos) {
      park(nanos - waited);
      Interrupts.clear(); // as in a sleep
      waited = System.nanoTime() - began;
    }
    pauses = false;
  }

  private void park(long nanos) {
    if (nanos == TimedWait.NEVER) {
      LockSupport.park(this);
    } else {
      LockSupport.parkNanos(this, nanos);
    }
  }

  // Its own thread, under the lock:

  /** Is entered as asleep; whether it is to be listed. */
  public boolean fallsAsleep() {
    thread = Thread.currentThread();
    asleep = true;
    boolean unlisted = !listed;
    listed = true;
    return unlisted;
  }

  /** Is about to pause. */
  public void beginPause() {
    thread = Thread.currentThread();
    pauses = true;
  }

  // Any thread, under the lock:

  /** Goes on at once if it pauses. */
  public void endPause() {
    if (pauses) {
      pauses = false;
      lock.unpark(requireNonNull(thread));
    }
  }

  /** Is taken from the list; whether it is still asleep. */
  public boolean unlist() {
    listed = false;
    return asleep;
  }

  /** Is woken, and perhaps to search; false when it was awake. */
  public boolean wakesUp(boolean toSearch) {
    if (!asleep) {
      return false;
    }
    searches = toSearch;
    asleep = false;
    if (thread != Thread.currentThread()) { // it may wake itself before it waits
      lock.unpark(requireNonNull(thread));
    }
    return true;
  }
}
