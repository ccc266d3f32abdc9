package pool.core.internal.job;

import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/** A job whose wait is measured, or that has a context. */
public final class TimedFuture<J, R> extends JobFuture<J, R> {

  private final JobContext.@Nullable Scope scope;
  private final long submitted = System.nanoTime();

  public TimedFuture(JobOwner<J, R> owner, J job, JobContext.@Nullable Scope scope) {
    super(owner, job);
    this.scope = scope;
  }

  @Override
  public long waitedUntil(long now) {
    return now - submitted;
  }

  @Override
  public JobContext.@Nullable Scope scope() {
    return scope;
  }
}
