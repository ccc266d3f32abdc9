package pool.core.internal.job;

import java.lang.ref.Reference;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import pool.core.internal.util.HelperExecutor;

/**
 * The futures of jobs that were settled together, under the pool's lock, by somebody other than
 * their worker. They are completed when the lock is free, since what is chained to them is foreign
 * code, and each may wait for another of them.
 */
public final class Completions<J, R> implements Publication, HelperExecutor.Tasks {

  private final HelperExecutor.Series series; // made before anything settles

  // Filled under the lock, side by side:
  private final ArrayList<JobFuture<J, R>> futures = new ArrayList<>();
  private final ArrayList<@Nullable Throwable> causes = new ArrayList<>();

  public Completions(HelperExecutor executor) {
    this.series = executor.awaited(this);
  }

  /**
   * Makes room for so many more. Before their jobs are settled, since it may throw; to add them
   * then does not. Under the lock.
   */
  public void reserve(int more) {
    futures.ensureCapacity(futures.size() + more);
    causes.ensureCapacity(futures.size() + more);
  }

  /** A future that is to fail with that cause, or is cancelled if there is none. Under the lock. */
  public void add(JobFuture<J, R> future, @Nullable Throwable cause) {
    futures.add(future);
    causes.add(cause);
  }

  /** Has them completed; does not wait. Without the lock, once. */
  public void complete() {
    if (!futures.isEmpty()) {
      series.startOrRun();
    }
  }

  @Override
  public int size() {
    return futures.size();
  }

  @Override
  public void run(int index) {
    try {
      futures.get(index).publish(causes.get(index));
    } finally {
      Reference.reachabilityFence(this); // a close waits for what this holds
    }
  }

  @Override
  public @Nullable JobFuture<?, ?> firstUndone() {
    for (int i = 0; i < futures.size(); i++) {
      if (!futures.get(i).isDone()) {
        return futures.get(i);
      }
    }
    return null;
  }
}
