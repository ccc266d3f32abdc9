package pool.core.internal.queue;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import pool.core.internal.job.JobOwner;

/** The pool, as its queue sees it. */
public interface QueueOwner<J, R> extends JobOwner<J, R> {

  /**
   * Fails what was just accepted when nobody is left to do it: no worker can be opened, or none in
   * its slot. Without the lock.
   *
   * @param slot the only slot that may do it, or {@link JobQueue#ANY}
   */
  void failIfNobodyCan(int slot);

  /**
   * The thread is about to wait for room in the queue without a time-out; again whenever it was
   * woken without having got any. {@link #endWait} is to be called after the wait, also if this
   * throws. Under the lock.
   *
   * @param better whether the submitter needs no room any more; null when it always does
   * @throws pool.core.QueueFullException when the wait could never end
   */
  void beginWaitForRoom(@Nullable BooleanSupplier better);
}
