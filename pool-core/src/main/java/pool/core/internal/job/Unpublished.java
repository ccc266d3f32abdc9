package pool.core.internal.job;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The futures of jobs that were settled and whose settler is about to complete them: a close waits
 * for them. Under the pool's lock.
 */
public final class Unpublished {

  private final Deque<WeakReference<JobFuture<?, ?>>> futures = new ArrayDeque<>();

  public void add(JobFuture<?, ?> future) {
    JobFuture<?, ?> _ = first(); // lets go of those that are done
    futures.add(new WeakReference<>(future));
  }

  /** The oldest; null when all are done. */
  public @Nullable JobFuture<?, ?> first() {
    WeakReference<JobFuture<?, ?>> oldest;
    while ((oldest = futures.peek()) != null) {
      JobFuture<?, ?> future = oldest.get();
      if (future != null && !future.isDone()) {
        return future;
      }
      futures.remove();
    }
    return null;
  }
}
