package pool.core.internal.job;

/** A job for one slot alone, whoever serves it: one of a broadcast. */
public final class SlotFuture<J, R> extends JobFuture<J, R> {

  private final long submitted;

  /**
   * A job that waits.
   *
   * @param submitted when it is submitted; 0 when nobody wants to know
   */
  public SlotFuture(JobOwner<J, R> owner, J job, long submitted) {
    super(owner, job);
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
}
