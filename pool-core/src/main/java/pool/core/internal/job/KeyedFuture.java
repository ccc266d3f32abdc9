package pool.core.internal.job;

import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/**
 * A job with a key: jobs of one key are run one at a time, in the order of their submission. Keys
 * are told apart by their hash code alone, since {@code equals} is foreign code.
 */
public final class KeyedFuture<J, R> extends ContextFuture<J, R> {

  private final int key;

  /**
   * A job that waits.
   *
   * @param key the hash code of the key
   * @param submitted as for any {@link ContextFuture}, as is the scope
   */
  public KeyedFuture(
      JobOwner<J, R> owner, J job, int key, long submitted, JobContext.@Nullable Scope scope) {
    super(owner, job, submitted, scope);
    this.key = key;
  }

  /** The hash code of the key. */
  public int key() {
    return key;
  }

  @Override
  public boolean isForOneSlot() {
    return true;
  }
}
