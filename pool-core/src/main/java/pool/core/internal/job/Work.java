package pool.core.internal.job;

import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/**
 * What a worker is given to do: a submitted job, a batch of several, or its share of a bulk call,
 * which several do at once. A slot has at most one run of a work at a time.
 */
public interface Work<J, R> {

  /** What a slot runs for it: a job, or those of a batch; null when it runs none. Any thread. */
  @Nullable Object runningJob(int slot);

  /** Whether a slot runs a job for it that nobody has settled. Any thread. */
  boolean isRunning(int slot);

  /**
   * Whether a slot runs it for nothing more: what it runs was cancelled, has timed out, or, in a
   * batch, has settled otherwise. Any thread; exact under the lock.
   */
  boolean isRunningSettled(int slot);

  /** What settles separately in one run. */
  List<? extends RunPart<J, R>> parts();

  /** What is put around its runs; null for nothing. */
  default JobContext.@Nullable Scope scope() {
    return null;
  }

  /** Whose keys are held while the run is on the stack, though its worker was abandoned. */
  default List<? extends RunPart<J, R>> keyHolders() {
    return parts();
  }

  /** Whether it belongs to another: to itself, or to the bulk call of one of its jobs. */
  @SuppressWarnings("ReferenceEquality") // it is about that very work
  default boolean isOf(Object other) {
    return other == this;
  }

  /**
   * A run that had been settled has returned. Under the lock.
   *
   * @param isAbandoned whether its slot may run another job meanwhile
   */
  void settledRunReturned(int slot, boolean isAbandoned);

  /** The worker of a settled run is abandoned: its slot may run another job. Under the lock. */
  default void settledRunAbandoned(int slot) {
    // the run may only now be about to read the job
  }

  /** How many nanoseconds it has waited since it was submitted; 0 when that is not known. */
  long waitedUntil(long now);
}
