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
  private final WorkerCounters counters;
  private final ReentrantLock lock = new ReentrantLock(); // held while the name changes

  private volatile boolean hasJob;
  private volatile long asked; // the run whose job was last asked for its text

  NamedThread(Thread thread, String name, WorkerCounters counters) {
    this.thread = thread;
    this.name = name;
    this.counters = counters;
  }

  boolean hasJob() {
    return hasJob;
  }

  /** Whether the job of that run was not yet asked for its text, which is done once. */
  boolean isNewFor(long run) {
    return asked != run;
  }

  /** Adds the job of a run, if that is still under way. What the job says of itself may hang. */
  void add(long run, @Nullable Object job) {
    asked = run;
    String text = job == null ? "" : " " + printable(SafeText.of(job));
    lock.lock();
    try {
      if (counters.isOnStack(run)) {
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
