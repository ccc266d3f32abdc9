package pool.core.internal.job;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pool.core.JobContext;
import pool.core.PoolBrokenException;

/**
 * A job that was taken out of its bulk call, into a batch or since its run has failed: from then on
 * it settles by itself, as a submitted one, and the bulk call is told when it has.
 */
public final class PlaceFuture<J, R> extends ContextFuture<J, R> {

  private @Nullable Object bulk;
  private final int index;
  private int listedAt = -1; // among its bulk call's, which alone uses it, under the pool's lock

  /**
   * A job that waits.
   *
   * @param bulk the bulk call
   * @param index of the job in it
   * @param submitted when the bulk call was
   * @param scope that of the bulk call
   */
  public PlaceFuture(
      JobOwner<J, R> owner,
      Object bulk,
      int index,
      J job,
      long submitted,
      JobContext.@Nullable Scope scope) {
    super(owner, job, submitted, scope);
    this.bulk = bulk;
    this.index = index;
  }

  public int index() {
    return index;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // it is about that very call
  public boolean isOf(Object other) {
    return other == bulk || other == this;
  }

  /** Where its bulk call has it among those that have not settled; negative when it has not. */
  public int listedAt() {
    return listedAt;
  }

  public void setListedAt(int at) {
    listedAt = at;
  }

  /** How it has settled. */
  public JobState howSettled() {
    return now();
  }

  /** Whether nobody was left to do it. */
  public boolean wasNeverServed(Throwable cause) {
    return endedWaiting() && cause instanceof PoolBrokenException;
  }

  /** Its bulk call has ended it early; the cause is what it fails with, null if it does not. */
  public void settledByBulkCall(@Nullable Throwable cause) {
    publish(cause);
  }

  /** It has settled before it ran, and may be kept for a while where it waited. */
  public void dropAll() {
    dropJob();
    bulk = null;
  }

  /** The bulk call first, since it may be the last that its owner waits for. */
  @Override
  void complete(JobState how, @Nullable R result, @Nullable Throwable cause) {
    owner().placeSettled(this, Objects.requireNonNull(bulk), result, cause);
    super.complete(how, result, cause);
  }
}
