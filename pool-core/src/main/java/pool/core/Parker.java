package pool.core;

import java.util.concurrent.locks.Condition;

/** One worker's sleep, among the {@link IdleWorkers}. */
final class Parker {

  private final RecyclePolicy recyclePolicy;
  private final Condition wake; // for work, or for the next try to open

  // The worker's own:
  private boolean parkedTooLong; // it has waited as long as it may without a look at its worker

  // Under the pool's lock:
  private boolean searches; // read without by its own thread, which alone can be awake then
  private boolean asleep;
  private boolean listed; // though perhaps woken since
  private volatile boolean pauses; // read without

  Parker(RecyclePolicy recyclePolicy, Condition wake) {
    this.recyclePolicy = recyclePolicy;
    this.wake = wake;
  }

  // Its own thread:

  /** Whether it is the searcher, or becomes it. */
  boolean searches(IdleWorkers idleWorkers) {
    searches = searches || idleWorkers.beginSearch();
    return searches;
  }

  /** Whether it was the searcher; no longer. */
  boolean endsSearch() {
    boolean searched = searches;
    searches = false;
    return searched;
  }

  /** Whether its last sleep was as long as it may be; no longer. */
  boolean takeParkedTooLong() {
    boolean was = parkedTooLong;
    parkedTooLong = false;
    return was;
  }

  // Its own thread, under the lock:

  /** Waits until it is woken, or its worker needs a look; false in that case. */
  boolean sleep() {
    long left = recyclePolicy.longestPark();
    long deadline = left == Long.MAX_VALUE ? 0 : System.nanoTime() + left;
    while (asleep && left > 0) {
      if (left == Long.MAX_VALUE) {
        wake.awaitUninterruptibly();
        continue;
      }
      try {
        long _ = wake.awaitNanos(left);
      } catch (InterruptedException e) {
        // from outside, and for no job: so it is dropped
      }
      left = deadline - System.nanoTime();
    }
    parkedTooLong = asleep;
    return !parkedTooLong;
  }

  /** Waits, with no worker, until the pause is ended or the time has passed. */
  void pause(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    pauses = true;
    try {
      long left;
      while (pauses && (left = deadline - System.nanoTime()) > 0) {
        wake.awaitNanos(left);
      }
    } finally {
      pauses = false;
    }
  }

  // Any thread, under the lock:

  void endPause() {
    pauses = false;
    wake.signalAll();
  }

  /** Also without the lock, and then perhaps late. */
  boolean pauses() {
    return pauses;
  }

  /** Is entered as asleep; whether it is to be listed. */
  boolean fallsAsleep() {
    asleep = true;
    boolean unlisted = !listed;
    listed = true;
    return unlisted;
  }

  /** Is taken from the list; whether it is still asleep. */
  boolean isUnlistedAsleep() {
    listed = false;
    return asleep;
  }

  /** Is woken, and perhaps to search; false when it was awake. */
  boolean wakesUp(boolean toSearch) {
    if (!asleep) {
      return false;
    }
    asleep = false;
    searches = toSearch;
    wake.signalAll();
    return true;
  }
}
