package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The futures of jobs that were settled together under the pool's lock, by somebody other than
 * their worker. They are completed when it is free, since what is chained to them is the user's
 * code. A close does not end before they are.
 *
 * <p>What is chained to one of them may wait for another of them, or for the close. So each that
 * has something chained is completed on a thread of its own.
 */
final class Settled<J, R> {

  /** For virtual threads to begin. Longer, and busy jobs have all the carriers to themselves. */
  private static final Duration PATIENCE = Duration.ofMillis(100);

  private final Stopper stopper;
  private final Closing<J, R> closing;
  private final List<Ending<J, R>> endings = new ArrayList<>();
  private final List<Ending<J, R>> chained = new ArrayList<>();
  private final AtomicInteger begun = new AtomicInteger(); // of those with something chained

  private record Ending<J, R>(JobFuture<J, R> future, @Nullable Throwable cause) {
    void complete() {
      future.publish(cause);
    }
  }

  Settled(PoolCore<J, R> core) {
    this.stopper = core.stopper;
    this.closing = core.closing;
  }

  // Under the lock:

  /** A future that is to fail with that cause, or is cancelled if there is none. */
  void add(JobFuture<J, R> future, @Nullable Throwable cause) {
    endings.add(new Ending<>(future, cause));
    closing.tells(1);
  }

  void addAll(List<JobFuture<J, R>> futures, @Nullable Throwable cause) {
    futures.forEach(future -> add(future, cause));
  }

  boolean isEmpty() {
    return endings.isEmpty();
  }

  // Outside, once:

  /** Completes them, but those that have something chained on other threads. */
  void complete() {
    completeUnchained();
    if (!chained.isEmpty()) {
      stopper.run(this::completeChained);
    }
  }

  /** Completes them, on a thread that has time; returns when what is chained has returned. */
  void completeAndWait() {
    completeUnchained();
    completeChained();
  }

  private void completeUnchained() {
    for (Ending<J, R> ending : endings) {
      if (ending.future.getNumberOfDependents() > 0) {
        chained.add(ending);
      } else {
        ending.complete();
      }
    }
    closing.told(endings.size() - chained.size());
  }

  private void completeChained() {
    List<Thread> tellers = new ArrayList<>();
    try {
      chained.forEach(_ -> tellers.add(Thread.startVirtualThread(this::completeNext)));
      join(tellers, PATIENCE.toNanos());
    } catch (OutOfMemoryError e) {
      // no more threads can be had: this one does the rest
    }
    while (completeNext()) {}
    join(tellers, Long.MAX_VALUE);
  }

  /** One of those that have something chained; false when all have begun. */
  private boolean completeNext() {
    int next = begun.getAndIncrement();
    if (next >= chained.size()) {
      return false;
    }
    Ending<J, R> ending = chained.get(next);
    // what was chained last runs first: the future is complete, and all else may block
    var _ = ending.future.whenComplete((_, _) -> closing.told(1));
    ending.complete();
    return true;
  }

  private static void join(List<Thread> tellers, long nanos) {
    long end = System.nanoTime() + nanos;
    try {
      for (Thread teller : tellers) {
        teller.join(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
      }
    } catch (InterruptedException e) {
      // by something chained: the rest is completed all the same, but not waited for
    }
  }
}
