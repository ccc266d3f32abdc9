package pool.core.internal.worker;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.core.internal.life.Settings;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.Nanos;

/**
 * After which failures a job is run again later, and when: after a {@link RetryLaterException} and,
 * with waits that double, after those that the application has named.
 */
final class RetryPolicy {

  private static final int MOST_DOUBLINGS = 30;
  private static final double MOST_JITTER = 0.1;

  private final String pool;
  private final Settings.@Nullable RetryOn retryOn;

  RetryPolicy(Settings settings) {
    this.pool = settings.name();
    this.retryOn = settings.retryOn();
  }

  /** Whether what a run threw says that the worker can do no more. */
  static boolean breaksWorker(Throwable failure) {
    return failure instanceof WorkerBrokenException || failure instanceof Error;
  }

  /** Whether a job that has failed so is to be run again later. Calls foreign code. */
  boolean isLater(Throwable failure) {
    if (failure instanceof RetryLaterException) {
      return true;
    }
    try {
      return retryOn != null && retryOn.failures().test(failure);
    } catch (Throwable e) {
      tell(e);
      return false;
    }
  }

  private void tell(Throwable ofPredicate) {
    try {
      LogLine.of(Level.WARN, pool)
          .logFailure(ofPredicate, "retryOn threw, so the job is not run again");
    } catch (OutOfMemoryError e) {
      // then nobody is told
    }
  }

  /**
   * How many nanoseconds a job waits.
   *
   * @param retries how often it was put off before
   * @param jitter of {@link #jitter}
   */
  long delay(Throwable failure, int retries, double jitter) {
    long delay = delay(failure, retries);
    return delay + (long) (delay * jitter);
  }

  private long delay(Throwable failure, int retries) {
    if (failure instanceof RetryLaterException later) {
      return Nanos.of(later.delay());
    }
    long first = retryOn == null ? 0 : Nanos.of(retryOn.first());
    long longest = retryOn == null ? 0 : Nanos.of(retryOn.longest());
    int doublings = Math.min(retries, MOST_DOUBLINGS);
    return first > longest >> doublings ? longest : first << doublings;
  }

  /** Up to 10 % are added to each delay, so that not all jobs come back at once. */
  static double jitter() {
    return ThreadLocalRandom.current().nextDouble(MOST_JITTER);
  }
}
