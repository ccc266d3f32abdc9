package pool.core.internal.job;

import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/** A job for one slot alone, whoever serves it: one of a broadcast. */
public final class BroadcastFuture<J, R> extends ContextFuture<J, R> {

  /** A job that waits. */
  public BroadcastFuture(
      JobOwner<J, R> owner, J job, long submitted, JobContext.@Nullable Scope scope) {
    super(owner, job, submitted, scope);
  }

  @Override
  public boolean isForOneSlot() {
    return true;
  }
}
