package pool.core.internal.supervise;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.Worker;
import pool.api.internal.SafeText;
import pool.core.PoolBrokenException;
import pool.core.PoolState;
import pool.core.internal.life.Base;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.SettledWatch;
import pool.core.internal.worker.Slot;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerHost;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerSource;
import pool.core.internal.worker.WorkerThread;

/**
 * Fills the slots: opens the first workers together, and lets a thread whose worker broke open
 * another, with growing waits in between while that fails. {@link RollingReplacement} replaces
 * workers that still serve.
 */
public final class SlotFiller<J, R> implements WorkerHost<J, R> {

  private static final Duration FIRST_WAIT = Duration.ofMillis(10);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final Base base;
  private final PoolCondition changed;
  private final Slots<J, R> slots;
  private final SettledWatch<J, R> watch;
  private final RollingReplacement<J, R> roll;
  private final Runnable onEnded;

  // Under the lock:
  private @Nullable Throwable failure; // to open: the first if all must open, else the latest
  private String failureText = ""; // as it said itself, while the lock was free
  private final List<Throwable> otherFailures = new ArrayList<>(); // if all must open

  /**
   * Fills the slots of a pool.
   *
   * @param onEnded called, without the lock, when a thread has ended
   */
  public SlotFiller(
      Base base,
      Slots<J, R> slots,
      SettledWatch<J, R> watch,
      RollingReplacement<J, R> roll,
      Runnable onEnded) {
    this.base = base;
    this.changed = base.lock().condition();
    this.slots = slots;
    this.watch = watch;
    this.roll = roll;
    this.onEnded = onEnded;
  }

  // Whoever opens the pool

  /**
   * Opens every worker, in parallel, and waits until enough are open.
   *
   * @return why not; null when they are, or when the pool was closed meanwhile
   * @throws TimeoutException when they are not within {@code openTimeout}, and nothing else is
   *     known
   */
  public @Nullable Throwable open() throws InterruptedException, TimeoutException {
    long deadline = TimedWait.deadline(base.settings().openTimeout());
    Throwable noThread = startAll();
    try (var _ = base.hold()) {
      base.life().beginOpening();
      boolean inTime =
          noThread != null
              || TimedWait.until(
                  () -> openingFailed() || !base.life().isOpening(), changed, deadline);
      if (!inTime && failure == null) {
        throw lateToOpen();
      }
      if (noThread != null) {
        return noThread;
      }
      return base.life().acceptsJobs() ? null : failure;
    }
  }

  private @Nullable Throwable startAll() {
    try (var _ = base.hold()) {
      base.life().threadsStart(slots.size());
    }
    Throwable cause = null;
    for (Slot<J, R> slot : slots) {
      if (cause == null && !base.life().isClosing()) {
        try {
          slot.thread().thread().start();
          continue;
        } catch (Throwable e) { // no thread can be had
          cause = e;
        }
      }
      ended(slot.thread());
    }
    return cause;
  }

  private TimeoutException lateToOpen() {
    WorkerThread<J, R> late =
        slots
            .threads()
            .filter(worker -> worker.phase().is(Phase.OPENING))
            .findFirst()
            .orElse(slots.getFirst().thread());
    TimeoutException e = late.lateToOpen();
    e.setStackTrace(late.thread().getStackTrace());
    return e;
  }

  /** What a worker said that took too long to open, was interrupted, and failed at last. */
  public Optional<String> lastFailure() {
    try (var _ = base.hold()) {
      return failure == null ? Optional.empty() : Optional.of(failureText);
    }
  }

  // The threads of the slots

  @Override
  public WorkerSource<J, R> opens(WorkerThread<J, R> thread) {
    try (var _ = base.hold()) {
      WorkerSource<J, R> source = thread.slot().source();
      thread.beginsToOpen(source);
      roll.lookAgain();
      return source;
    }
  }

  @Override
  public boolean wantsPing(WorkerThread<J, R> thread, WorkerSource<J, R> source) {
    try (var _ = base.hold()) {
      return roll.isAwaited(thread.slot(), source);
    }
  }

  @Override
  public boolean opened(WorkerThread<J, R> thread, Worker<J, R> worker, WorkerSource<J, R> source) {
    try (var _ = base.hold()) {
      if (thread.isGone()) {
        return true; // which it notices before it serves
      }
      if (!thread.slot().hasSource(source)) {
        return false;
      }
      thread.opened(worker);
      if (base.life().state() == PoolState.OPEN) {
        failure = null;
      }
      changed.signalAll();
      roll.lookAgain();
      return true;
    }
  }

  @Override
  public void openFailed(WorkerThread<J, R> thread, WorkerSource<J, R> source, Throwable cause) {
    String text = SafeText.of(cause);
    try (var _ = base.hold()) {
      if (!thread.isGone()) {
        roll.openFailed(thread.slot(), source, cause);
      }
      if (openingFailed()) {
        otherFailures.add(cause);
      } else {
        failure = cause;
        failureText = text;
      }
      changed.signalAll();
    }
    base.events().notOpened(thread.slot().name(), cause);
    boolean _ =
        thread.log(Level.DEBUG).causedBy(cause).log("{} could not be opened", thread.slot().name());
  }

  /** What the workers threw that failed to open after the first, when all had to open. */
  public List<Throwable> otherFailures() {
    try (var _ = base.hold()) {
      return List.copyOf(otherFailures);
    }
  }

  /** Whether a failure to open fails the opening of the pool: when every worker must open. */
  private boolean openingFailed() {
    return base.life().isOpening() && failure != null && base.settings().minOpen() == slots.size();
  }

  @Override
  public void left(WorkerThread<J, R> thread) {
    try (var _ = base.hold()) {
      if (!thread.isGone()) {
        thread.left();
        base.bell().ring();
      }
    }
  }

  @Override
  public boolean wantsAnother(WorkerThread<J, R> thread) {
    try (var _ = base.hold()) {
      return isWanted() && !thread.isGone();
    }
  }

  /** Whether the pool still has work for another worker. Under the lock. */
  boolean isWanted() {
    return base.life().acceptsJobs()
        || (base.life().isOpening() && !openingFailed()) // one may end while others still open
        || (base.life().isClosing() && !base.life().isStopped() && !watch.noticesDrained());
  }

  @Override
  public boolean awaitRetry(WorkerThread<J, R> thread) {
    if (!wantsAnother(thread) || thread.isOutdated()) {
      return wantsAnother(thread);
    }
    long wait = jittered(thread.failedAgain());
    thread.log(Level.WARN).log(
        "{} could not be opened; next try in {} ms: {}",
        thread.slot().name(),
        wait / 1_000_000,
        lastFailure().orElse("it was given up"));
    try (var _ = base.hold()) {
      if (!isWanted() || thread.isOutdated()) {
        return wantsAnother(thread);
      }
      thread.phase().becomes(Phase.PAUSING);
      thread.parker().beginPause();
    }
    thread.parker().pause(wait); // a close that begins ends it, and has one more try made
    return wantsAnother(thread);
  }

  /** Doubles from 10 ms to 5 s, between half of that and all of it, so that tries spread out. */
  private static long jittered(int tries) {
    long full = Math.min(FIRST_WAIT.toNanos() << Math.min(tries - 1, 20), LONGEST_WAIT.toNanos());
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2);
  }

  @Override
  public void ended(WorkerThread<J, R> thread) {
    boolean isGone;
    try (var _ = base.hold()) {
      isGone = thread.isGone();
      if (!thread.phase().isOver()) {
        thread.phase().becomes(Phase.CLOSED);
        base.life().threadEnded();
      }
    }
    if (isGone) {
      thread.log(Level.INFO).log("{} was abandoned and has come back", thread.slot().name());
    } else {
      onEnded.run();
    }
  }

  // The supervisor, under the lock

  /** Why no worker is left. */
  PoolBrokenException brokenCause() {
    return new PoolBrokenException(
        "no worker of pool '%s' is left, and none could be opened for %s: %s"
            .formatted(
                base.settings().name(),
                base.settings().openTimeout(),
                failure == null ? whatOneIsAt() : failureText),
        failure);
  }

  private String whatOneIsAt() {
    WorkerThread<J, R> one =
        slots
            .threads()
            .filter(worker -> !worker.phase().isOver())
            .findFirst()
            .orElse(slots.getFirst().thread());
    return one.slot().name() + " is " + one.phase().shown(null, one.slot().index());
  }

  // Closing, under the lock

  /** Who replaces workers is to look whether the pool closes, or a slot has become empty. */
  public void lookAgain() {
    roll.lookAgain();
  }

  /** The pool wants no worker any more, and gives none more time to finish. */
  public void interruptOpeningAndFinishing() {
    slots
        .threads()
        .forEach(worker -> {
          worker.phase().interruptIf(Phase.OPENING);
          worker.phase().interruptIf(Phase.FINISHING);
        });
    changed.signalAll();
  }
}
