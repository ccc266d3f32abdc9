package pool.core.internal.supervise;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.event.Level;
import pool.api.internal.SafeText;
import pool.core.CloseReport;
import pool.core.PoolBrokenException;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.worker.JobSettler;
import pool.core.internal.worker.Slot;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerThread;

/**
 * Ends the wait for workers that do not come back, whoever waits: the one protocol for that. Under
 * the lock what the worker runs is settled, the report and the listener are told, and the thread is
 * counted on no longer. While the pool goes on the slot gets another thread, as often as there are
 * slots, and stays empty beyond that.
 */
public final class WorkerAbandonment<J, R> {

  private static final long RETRY_NANOS = 1_000_000;

  private final Base base;
  private final Slots<J, R> slots;
  private final JobSettler<J, R> settler;
  private final SlotFiller<J, R> slotFiller;
  private final WorkerWaits<J, R> waits;
  private final Runnable onEnded;

  private int replaced; // threads, after they were abandoned; under the lock

  /**
   * Abandons the workers of a pool.
   *
   * @param onEnded called, without the lock, after closers have abandoned workers, and when a slot
   *     stays empty
   */
  public WorkerAbandonment(
      Base base,
      Slots<J, R> slots,
      JobSettler<J, R> settler,
      SlotFiller<J, R> slotFiller,
      WorkerWaits<J, R> waits,
      Runnable onEnded) {
    this.base = base;
    this.slots = slots;
    this.settler = settler;
    this.slotFiller = slotFiller;
    this.waits = waits;
    this.onEnded = onEnded;
  }

  // Closers

  /** Abandons those workers that have not ended, as the pool closes. */
  public void abandonAll(Predicate<WorkerThread<J, R>> which) {
    slots
        .threads()
        .filter(worker -> !worker.phase().isOver() && which.test(worker))
        .forEach(worker -> {
          List<StackTraceElement> stack = List.of(worker.thread().getStackTrace());
          settler.abandon(worker, () -> !worker.phase().isOver(), () -> abandon(worker, stack));
        });
    onEnded.run();
  }

  // The supervisor

  /** Abandons a worker if, under the lock, it still hangs; another thread gets its slot. */
  public void abandonAndReplace(WorkerThread<J, R> hanging, BooleanSupplier stillHangs) {
    List<StackTraceElement> stack = List.of(hanging.thread().getStackTrace());
    WorkerThread<J, R> next = hanging.successor(); // made before anything changes
    boolean[] isAbandoned = {false};
    settler.abandon(
        hanging,
        () -> !hanging.phase().isOver() && !base.life().isStopped() && stillHangs.getAsBoolean(),
        () -> {
          abandon(hanging, stack);
          isAbandoned[0] = true;
          hanging.left();
          fill(hanging, next);
        });
    if (!isAbandoned[0]) {
      return;
    }
    boolean staysEmpty = hanging.slot().thread() == hanging || !start(next);
    if (staysEmpty) {
      failWaitingFor(hanging.slot());
    }
    hanging.log(Level.WARN).log(
        "{} did not come back and was abandoned{}{}; it is at{}",
        hanging.slot().name(),
        staysEmpty ? ", its slot stays empty" : " and replaced",
        hanging.slot().queue().holdsKeys() ? "; jobs of its key wait until it comes back" : "",
        SafeText.lines(stack));
  }

  /** Gives the slot of an abandoned worker to another, if it is to have one. Under the lock. */
  private void fill(WorkerThread<J, R> abandoned, WorkerThread<J, R> next) {
    if (replaced < slots.size() && slotFiller.isWanted()) {
      try {
        next.takeOver(abandoned);
        abandoned.slot().fill(next);
        replaced++;
        base.life().threadsStart(1);
      } catch (OutOfMemoryError e) {
        // it stays empty
      }
    }
  }

  /** Fails what only a slot that stays empty could do; again, if memory is short. */
  private void failWaitingFor(Slot<J, R> slot) {
    boolean isDone = false;
    while (!isDone) {
      try {
        PoolBrokenException cause = emptyCause(slot);
        settler.failWaitingFor(slot, cause);
        waits.slotStaysEmpty(cause);
        onEnded.run();
        isDone = true;
      } catch (OutOfMemoryError e) {
        LockSupport.parkNanos(RETRY_NANOS);
      }
    }
  }

  /** Counts on a worker no longer, whose job has settled. Under the lock. */
  private void abandon(WorkerThread<J, R> worker, List<StackTraceElement> stack) {
    Slot<J, R> slot = worker.slot();
    Work<J, R> settled = worker.runner().settled();
    if (settled != null && !base.life().isClosing()) {
      settled.keyHolders().forEach(slot.queue()::holdKey);
    }
    Optional<Object> job =
        Optional.ofNullable(worker.runner().current()).map(work -> work.runningJob(slot.index()));
    CloseReport.Abandoned abandoned = new CloseReport.Abandoned(slot.name(), job, stack);
    base.report().abandoned(abandoned);
    base.events().abandoned(abandoned, base.helpers());
    worker.abandon();
    slot.queue().staysEmpty();
    base.life().threadEnded();
    slotFiller.lookAgain();
  }

  private boolean start(WorkerThread<J, R> successor) {
    try {
      successor.thread().start();
      return true;
    } catch (Throwable e) { // no thread can be had
      try (var _ = base.hold()) {
        if (!successor.isGone()) {
          successor.abandon();
          successor.slot().queue().staysEmpty();
          base.life().threadEnded();
          slotFiller.lookAgain();
        }
      }
      successor.log(Level.ERROR).log(
          "no thread for {}: {}", successor.slot().name(), SafeText.of(e));
      return false;
    }
  }

  // Submitters

  /** Fails what was just accepted for a slot, when that stays empty. */
  public void failIfEmpty(Slot<J, R> slot) {
    if (slot.isEmpty() && isEmptyStill(slot)) {
      settler.failWaitingFor(slot, emptyCause(slot));
    }
  }

  /** Exactly: under the lock nobody is between being abandoned and being replaced. */
  private boolean isEmptyStill(Slot<J, R> slot) {
    try (var _ = base.hold()) {
      return slot.isEmpty();
    }
  }

  private PoolBrokenException emptyCause(Slot<J, R> slot) {
    return new PoolBrokenException(
        "%s of pool '%s' was abandoned, its slot stays empty, and nobody else can do the job"
            .formatted(slot.name(), base.settings().name()),
        null);
  }
}
