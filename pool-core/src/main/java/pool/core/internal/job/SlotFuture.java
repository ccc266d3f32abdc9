package pool.core.internal.job;

import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/** A job for one slot alone, whoever serves it: one of a broadcast. */
public final class SlotFuture<J, R> extends JobFuture<J, R> {

  private final JobContext.@Nullable Scope scope;
  private final long submitted;

  /**
   * A job that waits.
   *
   * @param submitted when it is submitted; 0 when nobody wants to know
   * @param scope what is put around its runs
   */
  public SlotFuture(JobOwner<J, R> owner, J job, long submitted, JobContext.@Nullable Scope scope) {
    super(owner, job);
    this.scope = scope;
    this.submitted = submitted;
  }

  @Override
  public boolean isForOneSlot() {
    return true;
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
