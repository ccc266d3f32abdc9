package pool.core.internal.job;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import pool.core.internal.util.HelperThreads;
import pool.core.internal.util.Stacks;

/**
 * The threads on which futures are completed that a cancel, a time-out or a close has settled.
 *
 * <p>What is chained to a future is foreign code and may never return, and it may wait for the next
 * future, or for the close. So no thread is trusted to come back. There are at most 16, platform
 * threads, which busy jobs cannot keep from a processor as they can a virtual thread. The last that
 * is not held by foreign code runs none itself, but leaves each completion to a virtual thread: so
 * there is always one that gets on, as far as there are carriers.
 */
public final class CompletionExecutor {

  private static final int MOST_THREADS = 16;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final ThreadPoolExecutor threads;
  private final ExecutorService virtualThreads;
  private final Set<Thread> completing = ConcurrentHashMap.newKeySet();
  private final AtomicInteger held = new AtomicInteger(); // threads that may be in foreign code

  public CompletionExecutor(HelperThreads helpers) {
    this.threads = helpers.executor("completion", MOST_THREADS);
    this.virtualThreads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory());
  }

  /** Completions, by their index. */
  interface Tasks {

    int NONE = -1;

    /** The next that is to be run, which nobody else gets; {@link #NONE} when there is none. */
    int claim();

    void run(int index);
  }

  /** Runs so many tasks, in order as far as they return. */
  void execute(int count, Tasks tasks) {
    for (int i = 0; i < Math.min(count, MOST_THREADS); i++) {
      try {
        threads.execute(() -> drain(tasks));
      } catch (Throwable e) { // no thread can be had
        drain(tasks);
      }
    }
  }

  private void drain(Tasks tasks) {
    int index;
    while ((index = tasks.claim()) != Tasks.NONE) {
      boolean isLastFree = held.incrementAndGet() >= MOST_THREADS;
      try {
        if (isLastFree) {
          leaveToVirtualThread(tasks, index);
        } else {
          run(tasks, index);
        }
      } finally {
        held.decrementAndGet();
      }
    }
  }

  private void run(Tasks tasks, int index) {
    boolean isNoted = note(Thread.currentThread());
    try {
      tasks.run(index);
    } catch (Throwable e) {
      // the future is done; something chained to it threw, and could not even be told so
    } finally {
      if (isNoted) {
        completing.remove(Thread.currentThread());
      }
    }
  }

  private boolean note(Thread thread) {
    try {
      return completing.add(thread);
    } catch (OutOfMemoryError e) { // then a close waits for it, whatever it does
      return false;
    }
  }

  private void leaveToVirtualThread(Tasks tasks, int index) {
    try {
      virtualThreads.execute(() -> run(tasks, index));
    } catch (Throwable e) { // no thread can be had
      run(tasks, index);
    }
  }

  /** Ends its threads when they have nothing left to do. */
  public void close() {
    threads.shutdown();
  }

  /**
   * Waits, after {@link #close}, until what was chained to the futures has returned, or until then;
   * not on one of its threads, which would wait for itself, nor for one that calls for the exit of
   * the JVM, which may wait for us.
   */
  public void awaitEnd(long deadline) throws InterruptedException {
    boolean waits = !completing.contains(Thread.currentThread());
    while (waits && deadline - System.nanoTime() > 0) {
      long slice = Math.min(LOOK_NANOS, deadline - System.nanoTime());
      if (threads.awaitTermination(slice, TimeUnit.NANOSECONDS)) {
        virtualThreads.shutdown();
        waits = !virtualThreads.awaitTermination(slice, TimeUnit.NANOSECONDS);
      }
      waits &= completing.stream().noneMatch(Stacks::callsExit);
    }
  }
}
