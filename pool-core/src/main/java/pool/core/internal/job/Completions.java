package pool.core.internal.job;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The futures of jobs that were settled together, under the pool's lock, by somebody other than
 * their worker. They are completed when the lock is free, since what is chained to them is foreign
 * code, and each may wait for another of them.
 */
public final class Completions<J, R> {

  private final CompletionExecutor executor;
  private final Unpublished unpublished;

  // Filled under the lock, side by side:
  private final List<JobFuture<J, R>> futures = new ArrayList<>();
  private final List<@Nullable Throwable> causes = new ArrayList<>();

  public Completions(CompletionExecutor executor, Unpublished unpublished) {
    this.executor = executor;
    this.unpublished = unpublished;
  }

  /** A future that is to fail with that cause, or is cancelled if there is none. Under the lock. */
  public void add(JobFuture<J, R> future, @Nullable Throwable cause) {
    unpublished.add(future);
    futures.add(future);
    causes.add(cause);
  }

  /** Has them completed; does not wait. Without the lock, once. */
  public void complete() {
    AtomicInteger next = new AtomicInteger();
    executor.execute(
        futures.size(),
        () -> {
          int index = next.getAndIncrement();
          return index < futures.size()
              ? () -> futures.get(index).publish(causes.get(index))
              : null;
        });
  }
}
