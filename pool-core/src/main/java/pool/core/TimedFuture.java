package pool.core;

/** A job whose wait is measured, since somebody looks on. */
final class TimedFuture<J, R> extends JobFuture<J, R> {

  private final long submitted = System.nanoTime();

  TimedFuture(Canceller<J, R> canceller, J job) {
    super(canceller, job);
  }

  @Override
  public long waitedUntil(long now) {
    return now - submitted;
  }
}
