package pool.core.internal.close;

import java.util.concurrent.TimeUnit;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.api.internal.Credentials;
import pool.api.internal.EditDistance;
import pool.api.internal.Reason;
import pool.api.internal.SafeText;
import pool.core.CloseReport;
import pool.core.Outcome;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkOutcomes;
import pool.core.internal.job.Completions;
import pool.core.internal.life.Base;
import pool.core.internal.life.Counts;
import pool.core.internal.supervise.WorkerAbandonment;
import pool.core.internal.util.Deques;
import pool.core.internal.util.HelperExecutor;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.Stacks;
import pool.core.internal.util.TaskList;
import pool.core.internal.worker.JobRunner;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerCounters;

/**
 * Closes a pool at the exit of the JVM: its workers are daemons, so {@code main} may end first.
 *
 * <p>A worker that itself calls for the exit waits for it, so nobody waits for that worker, nor for
 * one that calls for it later; a thread of its own looks for such, also when somebody else closes
 * the pool.
 */
public final class ExitHook<J, R> {

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Base base;
  private final Slots<J, R> slots;
  private final WorkerAbandonment<J, R> abandonment;
  private final Closing<J, R> closing;
  private final Thread thread;

  public ExitHook(
      Base base, Slots<J, R> slots, WorkerAbandonment<J, R> abandonment, Closing<J, R> closing) {
    this.base = base;
    this.slots = slots;
    this.abandonment = abandonment;
    this.closing = closing;
    this.thread = base.helpers().builder("exit").daemon(false).unstarted(this::atExit);
  }

  /**
   * Throws IllegalStateException when it is to close at the exit, and the JVM is exiting already.
   */
  public void register() {
    loadClasses();
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException e) {
      if (isToClose()) {
        throw e;
      }
    }
  }

  private boolean isToClose() {
    return base.settings().closeOnExit().isPresent();
  }

  /**
   * Loads what only a close needs. At the exit of the JVM others close as well, such as a server
   * that closes the class loader of its applications: what was not loaded by then cannot be.
   */
  private static void loadClasses() {
    Class<?>[] _ = {
      Stacks.class,
      Deques.class,
      Interrupts.class,
      Completions.class,
      HelperExecutor.Series.class,
      TaskList.class,
      Counts.class,
      BulkCall.class,
      BulkCall.Tally.class,
      BulkOutcomes.Unstarted.class,
      WorkerCounters.Snapshot.class,
      RetryLaterException.class,
      WorkerBrokenException.class,
      SafeText.class,
      Reason.class,
      Credentials.class,
      EditDistance.class,
      Outcome.Failed.class,
      CloseReport.class,
      CloseReport.Abandoned.class,
      CloseReport.CloseFailure.class,
      CloseReport.WorkerTimes.class
    };
  }

  public void remove() {
    try {
      boolean _ = Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // The JVM is exiting: the hook may be what closes the pool.
    }
  }

  private void atExit() {
    if (!isToClose()) {
      startWatch("whoever closes the pool waits for them");
      return;
    }
    try {
      closing.begin();
      abandonThoseThatCallExit();
      startWatch("closeOnExit has to do");
    } finally {
      closing.insistWithin(base.settings().closeOnExit().orElseThrow());
    }
  }

  private void startWatch(String otherwise) {
    Thread _ = base.helpers().start("exit-watch", this::watch, otherwise);
  }

  private void watch() {
    try {
      while (!closing.awaitClosed(LOOK_NANOS)) {
        abandonThoseThatCallExit();
      }
    } catch (InterruptedException e) {
      // by a stranger: closeOnExit has to do
    }
  }

  /** Once the pool closes: until then others may still use it. */
  private void abandonThoseThatCallExit() {
    if (!base.life().isClosing()) {
      return;
    }
    abandonment.abandonAll(
        worker -> Stacks.callsExit(worker.thread()) || cancelCallsExit(worker.runner()));
    slots.forEach(abandonment::failIfEmpty);
  }

  /**
   * Who calls it does not come back, so the thread is still that worker's canceller, or never was.
   */
  private boolean cancelCallsExit(JobRunner<J, R> runner) {
    Thread canceller = runner.runStop().cancellingThread();
    return Stacks.callsExit(canceller) && canceller == runner.runStop().cancellingThread();
  }
}
