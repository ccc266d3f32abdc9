package pool.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import pool.api.Worker;

/**
 * Fills the slots: opens the first workers together, and lets a thread whose worker broke open
 * another, with growing waits in between while that fails.
 */
final class WorkerReplacement<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private static final Duration FIRST_WAIT = Duration.ofMillis(10);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

  private final PoolCore<J, R> core;
  private final List<WorkerThread<J, R>> workers;
  private final ReentrantLock lock;
  private final Condition changed;

  // Under the lock:
  private int living; // threads that were started and have neither ended nor been abandoned
  private int open; // slots that have an open worker
  private long noneOpenSince;
  private @Nullable Throwable
      failure; // to open: the first where all must open, the latest otherwise
  private String failureText = ""; // as it said itself, while the lock was free
  private volatile @Nullable PoolBrokenException broken; // none could be opened for too long

  WorkerReplacement(PoolCore<J, R> core) {
    this.core = core;
    this.workers = core.workers;
    this.lock = core.lock;
    this.changed = lock.newCondition();
  }

  /** Opens every worker, in parallel; when one fails, closes the others and throws. */
  void open() {
    long deadline = System.nanoTime() + Nanos.of(core.settings.openTimeout());
    boolean interrupted = false;
    Throwable cause = startAll();
    lock.lock();
    try {
      enoughMayBeOpen();
      while (cause == null && !openingFailed() && isOpening()) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          cause = failure == null ? lateToOpen() : failure;
        } else {
          changed.awaitNanos(left);
        }
      }
      if (cause == null && core.life.acceptsJobs()) {
        return;
      }
      cause = cause == null ? failure : cause;
    } catch (InterruptedException e) {
      interrupted = true;
      cause = e;
    } finally {
      lock.unlock();
    }
    giveUp(cause, interrupted);
  }

  private @Nullable Throwable startAll() {
    lock.lock();
    try {
      living = workers.size();
    } finally {
      lock.unlock();
    }
    Throwable cause = null;
    for (WorkerThread<J, R> worker : workers) {
      if (cause != null || core.life.isClosing()) {
        ended(worker);
        continue;
      }
      try {
        worker.thread().start();
      } catch (Throwable e) { // no thread can be had
        cause = e;
        ended(worker);
      }
    }
    return cause;
  }

  private TimeoutException lateToOpen() {
    WorkerThread<J, R> late =
        workers.stream()
            .filter(w -> w.phase.is(WorkerState.OPENING))
            .findFirst()
            .orElse(workers.getFirst());
    TimeoutException e =
        new TimeoutException(
            "worker %s did not open within openTimeout, %s; it is at %s"
                .formatted(late.name(), core.settings.openTimeout(), place(late)));
    e.setStackTrace(late.thread().getStackTrace());
    return e;
  }

  /** The innermost line that is not the JDK's. */
  private static String place(WorkerThread<?, ?> late) {
    StackTraceElement[] stack = late.thread().getStackTrace();
    return Arrays.stream(stack)
        .filter(frame -> !frame.getClassName().startsWith("java."))
        .filter(frame -> !frame.getClassName().startsWith("jdk."))
        .findFirst()
        .map(StackTraceElement::toString)
        .orElse("its start");
  }

  private void giveUp(@Nullable Throwable cause, boolean interrupted) {
    CloseReport report = core.closing.shutdown(Duration.ZERO);
    if (interrupted && cause instanceof InterruptedException e) {
      throw PoolInterruptedException.flagKept("the workers to open", e);
    }
    StringBuilder message =
        new StringBuilder("pool '" + core.settings.name() + "' could not be opened");
    message.append(cause == null ? ": it was closed meanwhile" : ": " + SafeText.of(cause));
    saidWhenInterrupted(cause)
        .ifPresent(said -> message.append("; interrupted, it said: ").append(said));
    report
        .abandoned()
        .forEach(worker -> message.append("; ").append(worker.worker()).append(" hangs"));
    OpenFailedException e = new OpenFailedException(message.toString(), cause);
    report.closeFailures().forEach(failed -> e.addSuppressed(failed.cause()));
    throw e;
  }

  /** A worker that took too long and was stopped may say what it had waited for. */
  @SuppressWarnings("ReferenceEquality") // else it is what the plugin threw
  private Optional<String> saidWhenInterrupted(@Nullable Throwable cause) {
    lock.lock();
    try {
      boolean isLate = cause instanceof TimeoutException && failure != null && failure != cause;
      return isLate ? Optional.of(failureText) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  // On worker threads

  void opened(WorkerThread<J, R> thread, Worker<J, R> worker, Duration took) {
    lock.lock();
    try {
      core.reportBuilder.opened(thread, took);
      if (thread.isGone()) {
        return;
      }
      thread.opened(worker);
      open++;
      broken = null;
      if (!isOpening()) {
        failure = null;
      }
      if (open == workers.size()) {
        core.life.everyWorkerIsOpen();
        changed.signalAll();
      }
      enoughMayBeOpen();
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock. */
  private void enoughMayBeOpen() {
    if (isOpening() && open >= core.settings.minOpen()) {
      noneOpenSince = System.nanoTime();
      failure = null;
      core.life.enoughWorkersAreOpen();
      changed.signalAll();
    }
  }

  /** Whether a failure to open fails the opening of the pool: when every worker must open. */
  private boolean openingFailed() {
    return isOpening() && failure != null && core.settings.minOpen() == workers.size();
  }

  void openFailed(WorkerThread<J, R> thread, Throwable cause) {
    String text = SafeText.of(cause);
    lock.lock();
    try {
      Throwable first = failure;
      if (openingFailed() && first != null) {
        Suppressed.add(first, cause);
      } else {
        failure = cause;
        failureText = text;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    core.events.notOpened(thread.name(), cause);
    LogLine.of(LOG, Level.DEBUG, thread).log("{} could not be opened: {}", thread.name(), text);
  }

  /** A worker serves no longer, and is to be replaced. */
  void left(WorkerThread<J, R> thread) {
    lock.lock();
    try {
      if (!thread.isGone()) {
        workerLeft();
      }
    } finally {
      lock.unlock();
    }
  }

  /** One that is open serves no longer. Under the lock. */
  void workerLeft() {
    open--;
    core.life.workerLeft();
    if (open == 0) {
      noneOpenSince = System.nanoTime();
    }
    core.supervisor.watch();
  }

  /** Whether the pool still has work for another worker in a slot. */
  boolean wantsAnother(WorkerThread<J, R> thread) {
    lock.lock();
    try {
      return isWanted() && !thread.isGone();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the pool still has work for another worker. Under the lock. */
  boolean isWanted() {
    Lifecycle life = core.life;
    return life.acceptsJobs()
        || (isOpening() && !openingFailed()) // one may end while others still open
        || (life.isClosing() && !life.isStopped() && !core.signals.isDrained());
  }

  /** After an opening failed: waits for the next try. False when there is to be none. */
  boolean awaitRetry(WorkerThread<J, R> thread) {
    long wait;
    lock.lock();
    try {
      if (!isWanted() || thread.isGone()) {
        return false;
      }
      wait = jittered(thread.failedAgain());
    } finally {
      lock.unlock();
    }
    LogLine.of(LOG, Level.WARN, thread)
        .log("{} could not be opened; next try in {} ms", thread.name(), wait / 1_000_000);
    lock.lock();
    try {
      if (isWanted()) {
        thread.parker.pause(wait);
      }
    } catch (InterruptedException e) {
      // somebody outside: the next try comes early
    } finally {
      thread.phase.becomes(WorkerState.OPENING); // the pause is not part of it
      lock.unlock();
    }
    return wantsAnother(thread);
  }

  private boolean isOpening() {
    return core.life.state() == PoolState.OPENING;
  }

  /** Doubles from 10 ms to 5 s, between half of that and all of it, so that tries spread out. */
  private static long jittered(int tries) {
    long full = Math.min(FIRST_WAIT.toNanos() << Math.min(tries - 1, 20), LONGEST_WAIT.toNanos());
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2);
  }

  // The supervisor

  /**
   * Fails all that waits when no worker could be opened for too long; how long it is until then, in
   * nanoseconds.
   */
  long failIfBroken() {
    PoolBrokenException cause;
    lock.lock();
    try {
      if (open > 0 || broken != null || isOpening() || core.life.isClosed()) {
        return Long.MAX_VALUE;
      }
      long left = Nanos.of(core.settings.openTimeout()) - (System.nanoTime() - noneOpenSince);
      if (left > 0) {
        return left;
      }
      cause =
          new PoolBrokenException(
              "no worker of pool '%s' is left, and none could be opened for %s: %s"
                  .formatted(
                      core.settings.name(),
                      core.settings.openTimeout(),
                      failure == null ? whatOneIsAt() : failureText),
              failure);
      broken = cause;
      core.admission.takeSlowPath();
    } finally {
      lock.unlock();
    }
    LogLine.of(LOG, Level.ERROR, core.settings.name()).log("{}", cause.getMessage());
    Thread _ = core.cancelExecutor.run(() -> core.canceller.failWaiting(cause));
    return Long.MAX_VALUE;
  }

  /** Why none is opened when none has failed to. */
  private String whatOneIsAt() {
    WorkerThread<J, R> one =
        workers.stream().filter(w -> !w.phase.isOver()).findFirst().orElse(workers.getFirst());
    return one.name() + " is " + one.phase.state();
  }

  // Submitters

  /** Fails what was just accepted, when no worker can be opened. */
  void failIfBrokenStill() {
    PoolBrokenException cause = broken;
    if (cause != null) {
      core.canceller.failWaiting(cause);
    }
  }

  /** Whether that is still why no job is done. Under the lock. */
  @SuppressWarnings("ReferenceEquality")
  boolean isBrokenBy(PoolBrokenException cause) {
    return broken == cause;
  }

  /** Whether no worker could be opened for too long. Under the lock, where it changes. */
  boolean isBroken() {
    return broken != null;
  }

  void ended(WorkerThread<J, R> thread) {
    lock.lock();
    try {
      if (thread.isGone()) {
        LogLine.of(LOG, Level.INFO, thread)
            .log("{} was abandoned and has come back", thread.name());
        return;
      }
      thread.phase.becomes(WorkerState.CLOSED);
      living--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    core.closing.endIfAllHave();
  }

  // Closing, under the lock:

  int living() {
    return living;
  }

  void abandoned(WorkerThread<J, R> thread) {
    thread.phase.becomes(WorkerState.ABANDONED);
    living--;
  }

  /** A thread is about to be started in the place of one that was abandoned. */
  void isOneMore() {
    living++;
  }

  /** The pool wants no worker any more, and gives none more time to finish. */
  void stop() {
    for (WorkerThread<J, R> worker : workers) {
      worker.phase.interruptIf(WorkerState.OPENING);
      worker.phase.interruptIf(WorkerState.FINISHING);
    }
    changed.signalAll();
  }
}
