package pool.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Watches the clock for a whole pool, on one platform thread, which is there only once there is
 * something to watch: runs under {@code jobTimeout}, openings and pings that hang, workers that do
 * not get away, and how long none is open.
 *
 * <p><b>Time-outs without a clock in the worker.</b> Each run has a number, which its worker counts
 * anyway. At each tick the supervisor looks at the numbers. The first time that it sees a number it
 * notes the time, which is later than the run's start; when it sees the same number a time-out
 * later, that run has lasted as long at least. So none ends early, and the ticks are so close that
 * none ends more than 10 ms or 5 % late. It does not tick while all workers sleep.
 */
final class Supervisor<J, R> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private static final long NEVER = Long.MAX_VALUE;
  private static final long SHORTEST_TICK = Duration.ofMillis(2).toNanos();
  private static final int TICKS_PER_TIMEOUT = 100;

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;
  private final Condition needed;
  private final long jobTimeout;
  private final long openTimeout;
  private final long cancelGrace;
  private final long tick;
  private final long patience;

  // The supervisor's own, by slot:
  private final long[] numbers; // of the run that was last seen there, 0 for none
  private final long[] seenSince;
  private final long[] warnedAt; // until when it lasted, 0 for none

  // Under the lock:
  private boolean isStarted;
  private boolean isDozing;
  private boolean isToLook;
  private boolean isOver;

  Supervisor(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
    this.needed = lock.newCondition();
    Settings settings = core.settings;
    this.jobTimeout = settings.jobTimeout().map(Nanos::of).orElse(NEVER);
    this.openTimeout = Nanos.of(settings.openTimeout());
    this.cancelGrace = Nanos.of(settings.cancelGrace());
    this.tick = Math.max(SHORTEST_TICK, Math.min(jobTimeout, openTimeout) / TICKS_PER_TIMEOUT);
    this.patience = settings.stallAfter().toNanos();
    this.numbers = new long[settings.workers()];
    this.seenSince = new long[numbers.length];
    this.warnedAt = new long[numbers.length];
  }

  // Under the lock:

  /** Something is to be watched that was not before. */
  void watch() {
    if (core.life.state() == PoolState.OPENING || isOver) {
      return; // whoever opens the pool watches
    }
    isToLook = true;
    if (!isStarted) {
      isStarted = true;
      start();
    } else if (isDozing) {
      needed.signal();
    }
  }

  /** A worker that sleeps was woken, and may run a job. */
  void workerWoke() {
    if (jobTimeout != NEVER) {
      watch();
    }
  }

  /** A worker begins to finish or to close; when the pool closes, the closers watch. */
  void workerLeaves() {
    if (!core.life.isClosing()) {
      watch();
    }
  }

  private void start() {
    try {
      Thread.ofPlatform()
          .daemon(true)
          .inheritInheritableThreadLocals(false)
          .name(core.settings.name() + "-supervisor")
          .start(this);
    } catch (Throwable e) { // no thread can be had: tried again at the next need
      isStarted = false;
      String pool = core.settings.name();
      LogLine.of(LOG, Level.ERROR, pool)
          .log("pool '{}' has no supervisor: {}", pool, SafeText.of(e));
    }
  }

  /** The pool is closed. */
  void end() {
    isOver = true;
    needed.signal();
  }

  // The supervisor's thread

  @Override
  public void run() {
    long wait = 0;
    while (doze(wait)) {
      wait = look();
    }
  }

  /**
   * Waits so long; when that is longer than a tick, only until there is something new to watch.
   * False when all is over.
   */
  private boolean doze(long nanos) {
    lock.lock();
    try {
      isDozing = nanos > tick;
      long left = nanos;
      while (!isOver && left > 0 && !(isDozing && isToLook)) {
        if (left == NEVER) {
          needed.await();
        } else {
          left = needed.awaitNanos(left);
        }
      }
      isDozing = false;
      isToLook = false;
      return !isOver;
    } catch (InterruptedException e) { // by a stranger: it just looks early
      return !isOver;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what has lasted too long; how long until the next look, or for ever. */
  private long look() {
    long broken = core.replacement.failIfBroken();
    long next = broken;
    boolean isBusy = false;
    int workers = 0; // that are counted on
    for (WorkerThread<J, R> worker : core.workers) {
      if (!worker.isGone()) {
        workers++;
        next = Math.min(next, checkRun(worker));
        isBusy |= checkPhase(worker);
        next = Math.min(next, checkTermination(worker));
      }
    }
    if (isBusy) {
      return Math.min(next, tick);
    }
    if (core.idleWorkers.areAll(workers)) {
      return broken; // what was seen to run is over by now, and whoever wakes tells
    }
    return jobTimeout == NEVER ? next : Math.min(next, tick);
  }

  private long checkRun(WorkerThread<J, R> worker) {
    if (worker.runner.isLateFor(0)) {
      if (worker.runner.isLateFor(cancelGrace)) {
        abandon(worker, () -> worker.runner.isLateFor(cancelGrace));
      }
      return tick;
    }
    if (jobTimeout == NEVER) {
      return NEVER;
    }
    int slot = worker.slot();
    long number = worker.counters.started();
    if (!worker.counters.isOnStack(number)) {
      numbers[slot] = 0;
      return NEVER;
    }
    long now = System.nanoTime(); // read last: not before the run began
    if (numbers[slot] != number) {
      numbers[slot] = number;
      seenSince[slot] = now;
    } else if (now - seenSince[slot] >= jobTimeout) {
      core.canceller.timeOut(worker, number);
      return tick;
    }
    return jobTimeout - (now - seenSince[slot]);
  }

  /** Whether the worker is opened again, or pinged. */
  private boolean checkPhase(WorkerThread<J, R> worker) {
    if (!worker.phase.hangsFor(0) || worker.parker.pauses()) {
      return false;
    }
    if (worker.phase.hangsFor(openTimeout) && hangsOn(worker)) {
      abandon(worker, () -> hangsOn(worker));
    }
    return true;
  }

  /**
   * Tells of a worker that is to be replaced but does not finish or close, again and again: nobody
   * may kill it, so its slot does nothing until it comes back. How long until it is told next.
   */
  private long checkTermination(WorkerThread<J, R> worker) {
    long lasts = worker.phase.terminatingFor();
    int slot = worker.slot();
    if (lasts == 0 || core.life.isClosing()) { // a closer has warnings of its own
      warnedAt[slot] = 0;
      return NEVER;
    }
    if (lasts < warnedAt[slot]) { // that one is over
      warnedAt[slot] = 0;
    }
    if (lasts - warnedAt[slot] >= patience) {
      warnedAt[slot] = lasts;
      LogLine.of(LOG, Level.WARN, worker)
          .log(
              "{} is to be replaced, but has been {} for {} s; it is at{}",
              worker.name(),
              worker.phase.state(),
              Duration.ofNanos(lasts).toSeconds(),
              CloseReport.lines(List.of(worker.thread().getStackTrace())));
    }
    return Math.max(SHORTEST_TICK, patience - (lasts - warnedAt[slot]));
  }

  /** Interrupts an opening or a ping at first; whether it has not helped. */
  private boolean hangsOn(WorkerThread<J, R> worker) {
    lock.lock();
    try {
      return !worker.parker.pauses() && !worker.phase.interruptIfHanging(openTimeout, cancelGrace);
    } finally {
      lock.unlock();
    }
  }

  private void abandon(WorkerThread<J, R> worker, BooleanSupplier stillHangs) {
    core.abandonments.of(worker, stillHangs);
    numbers[worker.slot()] = 0;
  }
}
