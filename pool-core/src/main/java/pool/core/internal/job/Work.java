package pool.core.internal.job;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is given to do: a submitted job, or its share of a bulk call, which several do at
 * once. A slot has at most one run of a work at a time.
 */
public interface Work<J, R> {

  /** The job that a slot runs for it; null when it runs none. Any thread. */
  @Nullable J runningJob(int slot);

  /** Whether a slot runs a job for it that nobody has settled. Any thread. */
  boolean isRunning(int slot);

  /**
   * Whether a slot runs a job for it that was cancelled, or has timed out. Any thread; exact under
   * the lock.
   */
  boolean isRunningSettled(int slot);

  /**
   * Settles the job that a slot runs for it as cancelled, so that the run ends in vain; false when
   * it has settled. Under the lock.
   */
  boolean cancelRun(int slot);

  /**
   * Settles the job that a slot runs for it as timed out, if that run is still the one that is
   * meant; false when it is not, or has settled. Under the lock.
   *
   * @param isMeant asked after it is known which job runs
   */
  boolean timeOutRun(int slot, BooleanSupplier isMeant, Throwable cause);

  /**
   * Its job has settled while it ran: adds its future, if it has one, to those that are to be
   * completed. Under the lock.
   */
  void addTo(Completions<J, R> completions, @Nullable Throwable cause);

  /**
   * A run that had been settled has returned. Under the lock.
   *
   * @param isAbandoned whether its slot may run another job meanwhile
   */
  void settledRunReturned(int slot, boolean isAbandoned);

  /** The worker of a settled run is abandoned: its slot may run another job. Under the lock. */
  void settledRunAbandoned(int slot);

  /** How many nanoseconds it has waited since it was submitted; 0 when that is not known. */
  long waitedUntil(long now);
}
