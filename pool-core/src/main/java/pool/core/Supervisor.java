package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Watches the clock for a whole pool, on one platform thread, which is there only once there is
 * something to watch: runs under {@code jobTimeout}, or so long that a thread dump should name
 * them, openings and pings that hang, workers that do not get away, and how long none is open.
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
  private static final long LONG_RUN = Duration.ofSeconds(1).toNanos();
  private static final long TICK_FOR_NAMES = LONG_RUN / 2;
  private static final int MOST_NAMERS = 4; // of which some may hang

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
  private List<Runnable> toName = new ArrayList<>(); // threads whose runs are long
  private final Semaphore namers = new Semaphore(MOST_NAMERS);

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
      LogLine.of(LOG, Level.ERROR, pool).log("pool '{}' has no supervisor: {}", pool, SafeText.of(e));
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
   * Waits, or until there is something new to watch if there is nothing; false when all is over.
   */
  private boolean doze(long nanos) {
    lock.lock();
    try {
      isDozing = nanos == NEVER;
      long left = nanos;
      while (!isOver && left > 0 && !(isDozing && isToLook)) {
        if (isDozing) {
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
    toName.clear();
    boolean isBusy = false;
    int workers = 0; // that are counted on
    for (WorkerThread<J, R> worker : core.workers) {
      if (!worker.isGone()) {
        workers++;
        next = Math.min(next, checkRun(worker));
        isBusy |= checkPhase(worker);
        checkTermination(worker);
      }
    }
    nameThreads();
    if (isBusy) {
      return Math.min(next, tick);
    }
    if (core.idleWorkers.areAll(workers)) {
      return broken; // what was seen to run is over by now, and whoever wakes tells
    }
    return Math.min(next, jobTimeout == NEVER ? TICK_FOR_NAMES : tick);
  }

  /** On a thread of its own, since jobs are asked for their text, which may take long or hang. */
  private void nameThreads() {
    if (toName.isEmpty() || !namers.tryAcquire()) {
      return;
    }
    List<Runnable> now = toName;
    toName = new ArrayList<>();
    Thread _ =
        core.cancelExecutor.run(() -> {
          try {
            now.forEach(Runnable::run);
          } finally {
            namers.release();
          }
        });
  }

  private long checkRun(WorkerThread<J, R> worker) {
    if (worker.runner.isLateFor(0)) {
      if (worker.runner.isLateFor(cancelGrace)) {
        abandon(worker, () -> worker.runner.isLateFor(cancelGrace));
      }
      return tick;
    }
    int slot = worker.slot();
    long number = worker.counters.started();
    boolean isRunning = worker.counters.isOnStack(number);
    if (worker.named.hasJob() && !(isRunning && numbers[slot] == number)) {
      worker.named.remove();
    }
    if (!isRunning) {
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
    } else if (now - seenSince[slot] >= LONG_RUN && worker.named.isNewFor(number)) {
      toName.add(() -> worker.runner.nameThread(number));
    }
    return jobTimeout == NEVER ? NEVER : jobTimeout - (now - seenSince[slot]);
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
   * may kill it, so its slot does nothing until it comes back.
   */
  private void checkTermination(WorkerThread<J, R> worker) {
    long lasts = worker.phase.terminatingFor();
    int slot = worker.slot();
    if (lasts < warnedAt[slot]) { // that one is over
      warnedAt[slot] = 0;
    }
    if (lasts - warnedAt[slot] >= patience && !core.life.isClosing()) {
      warnedAt[slot] = lasts;
      LogLine.of(LOG, Level.WARN, worker)
          .log(
              "{} is to be replaced, but has been {} for {} s; it is at{}",
              worker.name(),
              worker.phase.state(),
              Duration.ofNanos(lasts).toSeconds(),
              CloseReport.lines(List.of(worker.thread().getStackTrace())));
    }
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
