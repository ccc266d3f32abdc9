package pool.core.internal.job;

/**
 * A job with a key: jobs of one key are run one at a time, in the order of their submission. Keys
 * are told apart by their hash code alone, since {@code equals} is foreign code.
 */
public final class KeyedFuture<J, R> extends TimedFuture<J, R> {

  private final int key;

  public KeyedFuture(JobOwner<J, R> owner, J job, int key) {
    super(owner, job);
    this.key = key;
  }

  /** The hash code of the key. */
  public int key() {
    return key;
  }
}
