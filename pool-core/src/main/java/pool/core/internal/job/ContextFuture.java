package pool.core.internal.job;

import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/** A job that knows when it was submitted, and what is put around its runs. */
public sealed class ContextFuture<J, R> extends JobFuture<J, R>
    permits KeyedFuture, BroadcastFuture, PlaceFuture {

  private final long submitted;
  private final JobContext.@Nullable Scope scope;

  /**
   * A job that waits.
   *
   * @param submitted when it is submitted; 0 when nobody wants to know
   * @param scope what is put around its runs
   */
  public ContextFuture(
      JobOwner<J, R> owner, J job, long submitted, JobContext.@Nullable Scope scope) {
    super(owner, job);
    this.submitted = submitted;
    this.scope = scope;
  }

  @Override
  public long waitedUntil(long now) {
    return submitted == 0 ? 0 : now - submitted;
  }

  @Override
  public JobContext.@Nullable Scope scope() {
    return scope;
  }
}
