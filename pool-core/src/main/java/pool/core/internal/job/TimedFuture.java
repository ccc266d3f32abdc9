package pool.core.internal.job;

/** A job whose wait is measured. */
public final class TimedFuture<J, R> extends JobFuture<J, R> {

  private final long submitted = System.nanoTime();

  public TimedFuture(JobOwner<J, R> owner, J job) {
    super(owner, job);
  }

  @Override
  public long waitedUntil(long now) {
    return now - submitted;
  }
}
