package pool.core.internal.supervise;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.internal.SafeText;
import pool.core.PoolClosedException;
import pool.core.ReplaceReport;
import pool.core.WorkerStats;
import pool.core.internal.life.Base;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.util.Nanos;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.Stacks;
import pool.core.internal.util.Stall;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.Slot;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerSource;
import pool.core.internal.worker.WorkerThread;

/**
 * Replaces the workers of a pool while it goes on, one slot after the other.
 *
 * <p>Each slot has a {@link WorkerSource}, its epoch. To replace a worker is to give its slot
 * another: a worker that comes from elsewhere leaves after its job, and an opening that had begun
 * with an earlier source does not count, whatever comes of it. So it does not matter what the slot
 * is at: a worker that is idle is woken, a pause between tries to open ends, and a thread that
 * takes over from an abandoned one opens with the slot's source as any other.
 *
 * <p>The first slot is the canary: when its first try fails, it gets its source of before back, by
 * whoever notices that, under the lock, before the next try; that has the options of the last
 * worker, since a supplier may still give those that have just failed. Any later failure ends the
 * roll.
 *
 * <p>Calls take turns. Everything but the turn is under the pool's lock.
 */
public final class RollingReplacement<J, R> {

  private final Base base;
  private final PoolCondition changed;
  private final Slots<J, R> slots;
  private final IdleWorkers idleWorkers;
  private final Semaphore turn = new Semaphore(1, true);

  private WorkerSource<J, R> current; // from which workers came last; of whose turn it is

  // Under the lock: the slot that is waited for, and what becomes of it
  private @Nullable Slot<J, R> awaited;
  private @Nullable WorkerSource<J, R> before; // of a canary; else null
  private @Nullable Throwable failure;

  /** Of a pool whose first workers come from that source. */
  public RollingReplacement(
      Base base, Slots<J, R> slots, IdleWorkers idleWorkers, WorkerSource<J, R> first) {
    this.base = base;
    this.changed = base.lock().condition();
    this.slots = slots;
    this.idleWorkers = idleWorkers;
    this.current = first;
  }

  /**
   * Replaces every worker, and waits for that.
   *
   * @param next gives the source of the new ones for the current one, and may throw; when it is
   *     this call's turn, and before anything is touched
   */
  public ReplaceReport replaceAll(UnaryOperator<WorkerSource<J, R>> next) {
    boolean[] isReplaced = new boolean[slots.size()];
    Throwable cause;
    try {
      turn.acquire();
      try {
        cause = replaceAll(next.apply(current), isReplaced);
      } finally {
        turn.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cause = e;
    }
    return report(isReplaced, cause);
  }

  private ReplaceReport report(boolean[] isReplaced, @Nullable Throwable cause) {
    int replaced = 0;
    int left = 0;
    try (var _ = base.hold()) {
      for (Slot<J, R> slot : slots) {
        replaced += isReplaced[slot.index()] ? 1 : 0;
        left += isReplaced[slot.index()] || slot.isEmpty() ? 0 : 1;
      }
    }
    return new ReplaceReport(replaced, left, Optional.ofNullable(cause));
  }

  /** Goes through the slots; returns what has ended that early, or null. */
  private @Nullable Throwable replaceAll(WorkerSource<J, R> source, boolean[] isReplaced)
      throws InterruptedException {
    try (var _ = base.hold()) {
      boolean isCanary = true;
      for (Slot<J, R> slot : slots) {
        Throwable cause = slot.isEmpty() ? null : replace(slot, source, isCanary);
        if (cause != null) {
          return cause;
        }
        if (!slot.isEmpty()) { // it may have been abandoned meanwhile
          isReplaced[slot.index()] = true;
          isCanary = false;
          current = source;
        }
      }
      slots.forEach(slot -> slot.setSource(source)); // nothing refers to the one before any more
      return null;
    }
  }

  /** Replaces a worker, and waits for that; returns what has come between, or null. */
  private @Nullable Throwable replace(Slot<J, R> slot, WorkerSource<J, R> source, boolean isCanary)
      throws InterruptedException {
    awaited = slot;
    before = isCanary ? slot.source() : null;
    failure = null;
    boolean isUndecided = true;
    try {
      if (base.life().isClosing()) {
        return closed();
      }
      slot.setSource(source);
      idleWorkers.wake(slot.thread().parker());
      slot.thread().parker().endPause();
      Stall stall = new Stall(base.settings().stallAfter(), 0);
      while (failure == null && !slot.thread().hasOpenedFrom(source) && !slot.isEmpty()) {
        if (base.life().isClosing()) {
          return closed();
        }
        long deadline = openingEnds(slot.thread(), source);
        if (TimedWait.left(deadline) <= 0) {
          openFailed(slot, source, new TimeoutException());
        } else {
          if (stall.isDue(0)) {
            warn(stall, slot);
          }
          awaitChange(slot, source, TimedWait.earlier(deadline, stall.nextLook()));
        }
      }
      isUndecided = false;
      return failure;
    } finally {
      if (isUndecided && before != null) {
        slot.setSource(before); // its worker, if that has not left, just goes on
      }
      awaited = null;
      before = null;
      failure = null;
    }
  }

  /** An interrupt that comes once the slot has its new worker does not end the wait for it. */
  private void awaitChange(Slot<J, R> slot, WorkerSource<J, R> source, long deadline)
      throws InterruptedException {
    try {
      changed.await(deadline);
    } catch (InterruptedException e) {
      if (!slot.thread().hasOpenedFrom(source)) {
        throw e;
      }
      Thread.currentThread().interrupt();
    }
  }

  /** Of a worker that serves; one that finishes or closes is told of by the supervisor. */
  private void warn(Stall stall, Slot<J, R> slot) {
    if (slot.thread().isOpen()) {
      stall.warn(base.helpers(), "replace-warning", () -> warn(slot));
    } else {
      stall.restart();
    }
  }

  private static <J, R> void warn(Slot<J, R> slot) {
    WorkerStats stats = slot.stats();
    slot.thread()
        .log(Level.WARN)
        .log(
            "{} is to be replaced, but has not ended its job {}; it is at{}",
            slot.name(),
            stats.currentJob().map(SafeText::of).orElse(""),
            Stacks.lines(slot.thread().thread()));
  }

  private PoolClosedException closed() {
    return base.life().closedCause("its workers are not replaced");
  }

  /** When the opening of a new worker is late; never if it has not begun. */
  private long openingEnds(WorkerThread<J, R> thread, WorkerSource<J, R> source) {
    return thread.phase().is(Phase.OPENING) && thread.isOpening(source)
        ? thread.phase().since() + Nanos.of(base.settings().openTimeout())
        : TimedWait.NEVER;
  }

  // Whoever changes what is waited for, under the lock

  /** A slot has a worker, or has none any more, or the pool closes. */
  public void lookAgain() {
    changed.signalAll();
  }

  /** Whether a new worker from that source is waited for in a slot. */
  boolean isAwaited(Slot<J, R> slot, WorkerSource<J, R> source) {
    return slot.equals(awaited) && slot.hasSource(source);
  }

  /** A worker from that source could not be opened, or did not answer its first ping. */
  void openFailed(Slot<J, R> slot, WorkerSource<J, R> source, Throwable cause) {
    if (isAwaited(slot, source) && failure == null) {
      boolean isLate = slot.thread().phase().hangsFor(Nanos.of(base.settings().openTimeout()));
      failure = isLate ? slot.thread().lateToOpen().initCause(cause) : cause;
      if (before != null) {
        slot.setSource(before);
        slot.thread().reusesValues();
      }
    }
    slot.thread().left();
    changed.signalAll();
  }
}
