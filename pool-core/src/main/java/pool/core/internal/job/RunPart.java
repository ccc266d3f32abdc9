package pool.core.internal.job;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What settles by itself in a run: the one job, or one of a batch. */
public interface RunPart<J, R> {

  /** The job that a slot runs for it; null when it runs none. Any thread. */
  @Nullable Object runningJob(int slot);

  /**
   * Settles the job that a slot runs as cancelled, so that the run ends in vain; false when it has
   * settled. Under the lock.
   */
  boolean cancelRun(int slot);

  /**
   * Settles the job that a slot runs as timed out, if that run is still the one that is meant;
   * false when it is not, or has settled. Under the lock.
   *
   * @param isMeant asked after it is known which job runs
   */
  boolean timeOutRun(int slot, BooleanSupplier isMeant, Throwable cause);

  /**
   * Its job has settled while it ran: adds its future, if it has one, to those that are to be
   * completed. Under the lock.
   */
  void addTo(Completions<J, R> completions, @Nullable Throwable cause);
}
