package pool.core.internal.job;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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

  /** Runs so many tasks, in order as far as they return, until the supplier has no more. */
  void execute(int tasks, Supplier<@Nullable Runnable> source) {
    for (int i = 0; i < Math.min(tasks, MOST_THREADS); i++) {
      try {
        threads.execute(() -> drain(source));
      } catch (Throwable e) { // no thread can be had
        drain(source);
      }
    }
  }

  private void drain(Supplier<@Nullable Runnable> source) {
    Runnable next;
    while ((next = source.get()) != null) {
      boolean isLastFree = held.incrementAndGet() >= MOST_THREADS;
      try {
        if (isLastFree) {
          leaveToVirtualThread(next);
        } else {
          run(next);
        }
      } finally {
        held.decrementAndGet();
      }
    }
  }

  private void run(Runnable completion) {
    completing.add(Thread.currentThread());
    try {
      completion.run();
    } finally {
      completing.remove(Thread.currentThread());
    }
  }

  private void leaveToVirtualThread(Runnable completion) {
    try {
      virtualThreads.execute(() -> run(completion));
    } catch (Throwable e) { // no thread can be had
      run(completion);
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
