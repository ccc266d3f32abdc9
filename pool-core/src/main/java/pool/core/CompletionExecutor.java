package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The futures of jobs that were settled together under the pool's lock, by somebody other than
 * their worker. They are completed when it is free, since what is chained to them is the user's
 * code. A close does not end before they are.
 *
 * <p>What is chained to one of them may wait for another of them, or for the close, and may have
 * been chained a moment ago. So no thread is trusted to come back from a completion: a teller goes
 * through the futures, leaves those that have something chained to virtual threads, and when it
 * does not get on, another carries on behind it. Busy jobs may have all the carriers to themselves;
 * what no virtual thread has begun after a while the tellers, which are platform threads, do as
 * well.
 */
final class CompletionExecutor<J, R> {

  private static final long PATIENCE = Duration.ofMillis(100).toNanos();
  private static final long LOOK = 100_000;

  private final CancelExecutor cancelExecutor;
  private final Closing<J, R> closing;
  private final List<Ending<J, R>> endings = new ArrayList<>(); // filled under the lock
  private final Queue<Thread> threads = new ConcurrentLinkedQueue<>(); // that complete some

  /** One future, which whoever comes first completes. */
  private static final class Ending<J, R> {
    private final JobFuture<J, R> future;
    private final @Nullable Throwable cause;
    private final AtomicBoolean begun = new AtomicBoolean();

    Ending(JobFuture<J, R> future, @Nullable Throwable cause) {
      this.future = future;
      this.cause = cause;
    }

    void complete() {
      if (begun.compareAndSet(false, true)) {
        future.publish(cause);
      }
    }
  }

  CompletionExecutor(PoolCore<J, R> core) {
    this.cancelExecutor = core.cancelExecutor;
    this.closing = core.closing;
  }

  // Under the lock:

  /** A future that is to fail with that cause, or is cancelled if there is none. */
  void add(JobFuture<J, R> future, @Nullable Throwable cause) {
    endings.add(new Ending<>(future, cause));
    closing.completionsBegin(1);
  }

  void addAll(List<JobFuture<J, R>> futures, @Nullable Throwable cause) {
    futures.forEach(future -> add(future, cause));
  }

  // Outside, one of these, once:

  /** Has them completed. Does not wait. */
  void complete() {
    if (!endings.isEmpty()) {
      Thread _ = cancelExecutor.run(this::completeAndWait);
    }
  }

  /** Completes them, and waits until what is chained has returned. On a thread that has time. */
  void completeAndWait() {
    if (endings.isEmpty()) {
      return;
    }
    goThrough(this::begin);
    long deadline = System.nanoTime() + PATIENCE;
    boolean areBegun = true;
    for (Ending<J, R> ending : endings) {
      while (!ending.begun.get() && System.nanoTime() - deadline < 0) {
        LockSupport.parkNanos(LOOK);
      }
      areBegun &= ending.begun.get();
    }
    if (!areBegun) {
      goThrough(Ending::complete);
    }
    for (Ending<J, R> ending : endings) {
      ending.future.awaitPublication();
    }
    closing.completionsEnded(endings.size());
    threads.forEach(thread -> join(thread, Long.MAX_VALUE));
  }

  /** Completes one, or leaves it to a virtual thread, if it is one of many. */
  private void begin(Ending<J, R> ending) {
    if (endings.size() > 1 && ending.future.getNumberOfDependents() > 0) {
      try {
        threads.add(Thread.startVirtualThread(ending::complete));
      } catch (OutOfMemoryError e) {
        // no thread can be had: it is done later
      }
    } else {
      ending.complete();
    }
  }

  /** Takes a step with each, on a thread of its own, or on several when one does not get on. */
  private void goThrough(Consumer<Ending<J, R>> step) {
    AtomicInteger next = new AtomicInteger();
    Runnable completer =
        () -> {
          int place;
          while ((place = next.getAndIncrement()) < endings.size()) {
            step.accept(endings.get(place));
          }
        };
    Thread last = null;
    int seen = -1;
    int now;
    while ((now = next.get()) < endings.size()) {
      if (last == null || now == seen) {
        last = cancelExecutor.run(completer);
        threads.add(last);
      }
      seen = now;
      join(last, PATIENCE);
    }
  }

  private static void join(Thread thread, long nanos) {
    try {
      if (thread != Thread.currentThread()) { // where no other could be had
        boolean _ = thread.join(Duration.ofNanos(nanos));
      }
    } catch (InterruptedException e) {
      // by something chained that ran here: it is not waited for
    }
  }
}
