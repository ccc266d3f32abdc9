package pool.core.internal.queue;

import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;
import pool.core.internal.util.TimedWait;

/** One worker's sleep, among the {@link IdleWorkers}. */
public final class Parker {

  private final Condition wake; // for work, or for the next try to open

  // The worker's own:
  private boolean parkedTooLong; // it has waited as long as it may without a look at its worker

  // Under the pool's lock:
  private boolean searches; // read without by its own thread, which alone can be awake then
  private boolean asleep;
  private boolean listed; // though perhaps woken since

  public Parker(Condition wake) {
    this.wake = wake;
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

  // Its own thread, under the lock:

  /** Waits until it is woken; false when that took so many nanoseconds. */
  public boolean sleep(long most) {
    long deadline = most == TimedWait.NEVER ? most : System.nanoTime() + most;
    // an interrupt comes from outside, and is for no job: it is dropped
    boolean _ = TimedWait.untilDespiteInterrupts(() -> !asleep, wake, () -> deadline);
    parkedTooLong = asleep;
    return !parkedTooLong;
  }

  /** Waits, with no worker, until it is not to any more or the time has passed. */
  public void pause(long nanos, BooleanSupplier isOver) throws InterruptedException {
    boolean _ = TimedWait.until(isOver, wake, System.nanoTime() + nanos);
  }

  // Any thread, under the lock:

  /** The thread is to look whether its pause is over. */
  public void endPause() {
    wake.signalAll();
  }

  /** Is entered as asleep; whether it is to be listed. */
  public boolean fallsAsleep() {
    asleep = true;
    boolean unlisted = !listed;
    listed = true;
    return unlisted;
  }

  /** Is taken from the list; whether it is still asleep. */
  public boolean isUnlistedAsleep() {
    listed = false;
    return asleep;
  }

  /** Is woken, and perhaps to search; false when it was awake. */
  public boolean wakesUp(boolean toSearch) {
    if (!asleep) {
      return false;
    }
    asleep = false;
    searches = toSearch;
    wake.signalAll();
    return true;
  }
}
