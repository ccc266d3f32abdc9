package pool.core.internal.job;

import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/**
 * A job with a key: jobs of one key are run one at a time, in the order of their submission. Keys
 * are told apart by their hash code alone, since {@code equals} is foreign code.
 */
public final class KeyedFuture<J, R> extends JobFuture<J, R> {

  private final int key;
  private final JobContext.@Nullable Scope scope;
  private final long submitted;

  /**
   * A job that waits.
   *
   * @param key the hash code of the key
   * @param submitted when it is submitted; 0 when nobody wants to know
   * @param scope what is put around its runs
   */
  public KeyedFuture(
      JobOwner<J, R> owner, J job, int key, long submitted, JobContext.@Nullable Scope scope) {
    super(owner, job);
    this.scope = scope;
    this.key = key;
    this.submitted = submitted;
  }

  /** The hash code of the key. */
  public int key() {
    return key;
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
