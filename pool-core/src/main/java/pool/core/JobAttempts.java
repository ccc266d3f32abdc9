package pool.core;

import java.util.ArrayList;
import java.util.List;

/**
 * The failures of a job that broke its workers. Only such a job is run again, each time by another
 * worker, until it ends or has broken as many as {@code attempts} says. Under the pool's lock.
 */
final class JobAttempts {

  private final int attempts;
  private final List<Throwable> causes = new ArrayList<>();

  JobAttempts(int attempts) {
    this.attempts = attempts;
  }

  /** One more worker broke. */
  void broke(Throwable cause) {
    causes.add(cause);
  }

  boolean mayTryAgain() {
    return causes.size() < attempts;
  }

  /** What the job fails with: the last cause, in which the others are suppressed. */
  Throwable failure() {
    Throwable last = causes.getLast();
    for (Throwable cause : causes.subList(0, causes.size() - 1)) {
      Suppressed.add(last, cause);
    }
    return last;
  }
}
