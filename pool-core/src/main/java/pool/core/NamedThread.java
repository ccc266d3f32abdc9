package pool.core;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The name of a worker's thread: the worker's, and the job as well while that runs for long, so
 * that a thread dump tells it.
 *
 * <p>The supervisor adds the job; the worker takes it away when the run has returned, in a batch
 * not at once. It looks without a fence, so it may miss a job that is just being added: the
 * supervisor sees to all that is left at its next look.
 */
final class NamedThread {

  private static final int LONGEST = 100;

  private final Thread thread;
  private final String name;
  private final Tally tally;
  private final ReentrantLock lock = new ReentrantLock(); // held while the name changes

  private volatile boolean hasJob;
  private long asked; // the run that it was last asked for; the supervisor's own

  NamedThread(Thread thread, String name, Tally tally) {
    this.thread = thread;
    this.name = name;
    this.tally = tally;
  }

  boolean hasJob() {
    return hasJob;
  }

  /** Whether it was not asked yet to add the job of that run. */
  boolean isNewFor(long run) {
    boolean isNew = asked != run;
    asked = run;
    return isNew;
  }

  /** Adds the job of a run, if that is still under way. What the job says of itself may hang. */
  void add(long run, @Nullable Object job) {
    String text = job == null ? "" : " " + printable(Brief.of(job));
    lock.lock();
    try {
      if (tally.isOnStack(run)) {
        thread.setName(name + text);
        hasJob = true;
      }
    } finally {
      lock.unlock();
    }
  }

  void remove() {
    lock.lock();
    try {
      if (hasJob) {
        hasJob = false;
        thread.setName(name);
      }
    } finally {
      lock.unlock();
    }
  }

  private static String printable(String text) {
    String start = text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
    return start.replaceAll("\\p{C}", "?");
  }
}
