package pool.core.internal.util;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a pool that call foreign code for which nobody may have to wait: what is chained
 * to futures that a cancel, a time-out or a close has settled, and workers' {@code cancel}.
 *
 * <p>Foreign code may never return, and it may wait for the next future, or for the close. So no
 * thread is trusted to come back. There are at most 16, platform threads, which busy jobs cannot
 * keep from a processor as they can a virtual thread. The last that is not held by foreign code
 * runs none itself, but leaves each task to a virtual thread: so there is always one that gets on,
 * as far as there are carriers.
 *
 * <p>Tasks are begun in the order in which they came: the futures of a crowd of time-outs are
 * handed over before the first of its runs.
 */
public final class HelperExecutor {

  private static final int MOST_THREADS = 16;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MOST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ThreadPoolExecutor threads;
  private final ExecutorService virtualThreads;
  private final Set<Thread> inForeignCode = ConcurrentHashMap.newKeySet();
  private final AtomicInteger held = new AtomicInteger(); // threads that may be in foreign code
  private final AtomicInteger awaited = new AtomicInteger(); // what a close waits for

  public HelperExecutor(HelperThreads helpers) {
    this.threads = helpers.executor("helper", MOST_THREADS);
    this.virtualThreads =
        Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().inheritInheritableThreadLocals(false).factory());
  }

  /** Tasks, by their index. All are there before they are handed over. */
  public interface Tasks {

    int size();

    void run(int index);
  }

  /** Makes what runs tasks for which a close waits. */
  public Series awaited(Tasks tasks) {
    return new Series(tasks, 1);
  }

  /** Makes what runs tasks for which a close waits a second at most. */
  public Series unawaited(Tasks tasks) {
    return new Series(tasks, 0);
  }

  /**
   * Runs tasks, in order as far as they return: on one thread at first, and whenever that begins
   * one, on another, if none is about to. So there are soon as many threads as it takes to get on
   * though some do not return, and few when all return at once.
   */
  public final class Series {

    private final Tasks tasks;
    private final int awaits; // 1 if a close waits for it, else 0
    private final AtomicInteger next = new AtomicInteger(); // task, which nobody else gets
    private final AtomicBoolean isStarting = new AtomicBoolean();

    private Series(Tasks tasks, int awaits) {
      this.tasks = tasks;
      this.awaits = awaits;
    }

    /** Runs them on other threads, or here, if none can be had. */
    public void startOrRun() {
      if (!start()) {
        run();
      }
    }

    /** Runs them on another thread, if none is about to; false if none can be had. */
    public boolean start() {
      if (!isStarting.compareAndSet(false, true) || startOn(threads) || startOn(virtualThreads)) {
        return true;
      }
      isStarting.set(false);
      return false;
    }

    private boolean startOn(ExecutorService executor) {
      awaited.addAndGet(awaits);
      try {
        executor.execute(this::runStarted);
        return true;
      } catch (Throwable e) {
        awaited.addAndGet(-awaits);
        return false;
      }
    }

    private void runStarted() {
      isStarting.set(false);
      try {
        run();
      } finally {
        awaited.addAndGet(-awaits);
      }
    }

    private void run() {
      int index;
      while ((index = next.getAndIncrement()) < tasks.size()) {
        boolean isLastFree = held.incrementAndGet() >= MOST_THREADS;
        try {
          if (isLastFree) {
            leaveToVirtualThread(index);
          } else {
            boolean _ = next.get() < tasks.size() && start(); // for the next, if this blocks
            call(index);
          }
        } finally {
          held.decrementAndGet();
        }
      }
    }

    private void leaveToVirtualThread(int index) {
      awaited.addAndGet(awaits);
      try {
        virtualThreads.execute(() -> callLeft(index));
      } catch (Throwable e) { // no thread can be had
        callLeft(index);
      }
    }

    private void callLeft(int index) {
      try {
        call(index);
      } finally {
        awaited.addAndGet(-awaits);
      }
    }

    private void call(int index) {
      boolean isNoted = note(Thread.currentThread());
      try {
        tasks.run(index);
      } catch (Throwable e) {
        // what is chained to a future threw, and could not even be told so
      } finally {
        Interrupts.clear(); // what foreign code leaves
        if (isNoted) {
          inForeignCode.remove(Thread.currentThread());
        }
      }
    }
  }

  private boolean note(Thread thread) {
    try {
      return inForeignCode.add(thread);
    } catch (OutOfMemoryError e) { // then a close waits for it, whatever it does
      return false;
    }
  }

  /** Ends its threads when they have nothing left to do. */
  public void close() {
    threads.shutdown();
  }

  /**
   * Waits, after {@link #close}, until what was chained to the futures has returned, or until then;
   * for what else runs, a second at most. Not on one of its threads, which would wait for itself,
   * nor for one that calls for the exit of the JVM, which may wait for us.
   */
  public void awaitEnd(long deadline) throws InterruptedException {
    long now = System.nanoTime();
    long patienceEnds = now + Math.clamp(deadline - now, LOOK_NANOS, MOST_PATIENCE_NANOS);
    boolean waits = !inForeignCode.contains(Thread.currentThread());
    while (waits) {
      long most = awaited.get() > 0 ? deadline : patienceEnds;
      long slice = Math.min(LOOK_NANOS, most - System.nanoTime());
      if (threads.awaitTermination(slice, TimeUnit.NANOSECONDS)) {
        virtualThreads.shutdown();
        waits = !virtualThreads.awaitTermination(slice, TimeUnit.NANOSECONDS);
      }
      waits &= slice > 0 && inForeignCode.stream().noneMatch(Stacks::callsExit);
    }
  }
}
