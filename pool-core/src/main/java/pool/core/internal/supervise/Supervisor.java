package pool.core.internal.supervise;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.core.PoolBrokenException;
import pool.core.internal.life.Base;
import pool.core.internal.life.Bell;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.util.HelperThreads;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.Nanos;
import pool.core.internal.util.Stacks;
import pool.core.internal.util.TaskList;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.JobRunner;
import pool.core.internal.worker.JobSettler;
import pool.core.internal.worker.Slot;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerCounters;
import pool.core.internal.worker.WorkerThread;

/**
 * Watches the clock for a whole pool, on one platform thread, from the opening on ({@link Bell}):
 * runs under {@code jobTimeout}, openings and pings that hang, workers that do not get away, how
 * long none is open, and jobs that wait for a time.
 *
 * <p><b>Time-outs without a clock in the worker.</b> Each run has a number, which its worker
 * publishes. At each tick the supervisor looks at the numbers. The first time that it sees a number
 * it notes the time, which is later than the run's start; when it sees the same number a time-out
 * later, that run has lasted as long at least. So none ends early, and the ticks are so close that
 * none ends more than 10 ms or 5 % late. It does not tick while all workers sleep.
 */
public final class Supervisor<J, R> implements Runnable {

  private static final long SHORTEST_TICK = Duration.ofMillis(2).toNanos();
  private static final int TICKS_PER_TIMEOUT = 100;
  private static final int CROWD = 16; // runs that time out together
  private static final Duration MOST_CROWD_WAITS = Duration.ofMillis(50);
  private static final long NOT_WAITING = 0;

  private final Base base;
  private final Slots<J, R> slots;
  private final IdleWorkers idleWorkers;
  private final JobQueue<J, R> queue;
  private final DelayedJobs<J, R> delayed;
  private final JobSettler<J, R> settler;
  private final SlotFiller<J, R> slotFiller;
  private final WorkerAbandonment<J, R> abandonment;
  private final long jobTimeout;
  private final long openTimeout;
  private final long cancelGrace;
  private final long tick;
  private final long patience;

  // The supervisor's own:
  private @Nullable PoolBrokenException unfailed; // with which all that waits is to fail
  private TaskList toStop = new TaskList(); // which have timed out
  private long waitsSince = NOT_WAITING; // that of a crowd
  private boolean anyLate; // of the runs below

  // By slot:
  private final long[] numbers; // of the run that was last seen there, 0 for none
  private final long[] seenSince;
  private final long[] late; // the number of a run that is to time out, 0 for none
  private final long[] warnedAt; // how long it had lasted at the last warning, 0 for none

  public Supervisor(
      Base base,
      Slots<J, R> slots,
      IdleWorkers idleWorkers,
      JobQueue<J, R> queue,
      DelayedJobs<J, R> delayed,
      JobSettler<J, R> settler,
      SlotFiller<J, R> slotFiller,
      WorkerAbandonment<J, R> abandonment) {
    this.base = base;
    this.slots = slots;
    this.idleWorkers = idleWorkers;
    this.queue = queue;
    this.delayed = delayed;
    this.settler = settler;
    this.slotFiller = slotFiller;
    this.abandonment = abandonment;
    this.jobTimeout = base.settings().jobTimeout().map(Nanos::of).orElse(TimedWait.NEVER);
    this.openTimeout = Nanos.of(base.settings().openTimeout());
    this.cancelGrace = Nanos.of(base.settings().cancelGrace());
    this.tick = Math.max(SHORTEST_TICK, Math.min(jobTimeout, openTimeout) / TICKS_PER_TIMEOUT);
    this.patience = base.settings().stallAfter().toNanos();
    this.numbers = new long[slots.size()];
    this.seenSince = new long[slots.size()];
    this.late = new long[slots.size()];
    this.warnedAt = new long[slots.size()];
  }

  @Override
  public void run() {
    long wait = 0;
    boolean goesOn = true;
    while (goesOn) {
      try {
        goesOn = doze(wait);
        wait = goesOn ? look() : 0;
      } catch (Throwable e) { // memory is short, or a class cannot be loaded
        HelperThreads.survived(e);
        wait = tick;
        LockSupport.parkNanos(tick);
      }
    }
  }

  /** Waits so long; when that is longer than a tick, only until the next ring. */
  private boolean doze(long nanos) {
    try (var _ = base.hold()) {
      return base.bell().await(nanos, nanos > tick);
    }
  }

  /** Ends what has lasted too long; how long until the next look, or for ever. */
  private long look() {
    long always = Math.min(failIfBroken(), releaseDelayed());
    long next = always;
    boolean isTimed = false;
    int workers = 0; // that are counted on
    for (Slot<J, R> slot : slots) {
      WorkerThread<J, R> worker = slot.thread();
      if (!worker.isGone()) {
        workers++;
        next = Math.min(next, checkRun(worker));
        isTimed |= checkPhase(worker);
        next = Math.min(next, checkTermination(worker));
      }
    }
    long untilStopped = stopLate(timeOutLate());
    next = Math.min(next, untilStopped);
    if (isTimed) {
      return Math.min(next, tick);
    }
    if (idleWorkers.allSleep(workers)) {
      return Math.min(always, untilStopped); // what was seen to run is over, and who wakes rings
    }
    return jobTimeout == TimedWait.NEVER ? next : Math.min(next, tick);
  }

  /** Fails all that waits when no worker could be opened for too long; how long until then. */
  private long failIfBroken() {
    try (var _ = base.hold()) {
      long left = base.life().untilBroken();
      if (left > 0 && unfailed == null) {
        return left;
      }
      if (unfailed == null) {
        unfailed = slotFiller.brokenCause();
        base.life().breaks(unfailed);
        queue.takeSlowPath();
      }
    }
    PoolBrokenException cause = unfailed;
    settler.failAllWaiting(cause);
    unfailed = null;
    LogLine.of(Level.ERROR, base.settings().name()).log("{}", cause.getMessage());
    return TimedWait.NEVER;
  }

  private long releaseDelayed() {
    try (var _ = base.hold()) {
      return delayed.release();
    }
  }

  private long checkRun(WorkerThread<J, R> worker) {
    JobRunner<J, R> runner = worker.runner();
    if (runner.runStop().isLateFor(0)) {
      if (runner.runStop().isLateFor(cancelGrace)) {
        abandonAndReplace(worker, () -> runner.runStop().isLateFor(cancelGrace));
      }
      return tick;
    }
    if (jobTimeout == TimedWait.NEVER) {
      return TimedWait.NEVER;
    }
    int slot = worker.slot().index();
    long number = worker.counters().sequence();
    if (!WorkerCounters.isRun(number)) {
      numbers[slot] = 0;
      return TimedWait.NEVER;
    }
    long now = System.nanoTime(); // read last: not before the run began
    if (numbers[slot] != number) {
      numbers[slot] = number;
      seenSince[slot] = now;
    } else if (now - seenSince[slot] >= jobTimeout) {
      late[slot] = number;
      anyLate = true;
      return tick;
    }
    return jobTimeout - (now - seenSince[slot]);
  }

  /** Times out what is late. Whether any was. */
  private boolean timeOutLate() {
    if (!anyLate) {
      return false;
    }
    try {
      settler.timeOut(late, toStop);
    } finally { // what has thrown is seen to be late again
      Arrays.fill(late, 0);
      anyLate = false;
    }
    return true;
  }

  /**
   * Stops what has timed out; how long until it is to be asked again. While a crowd times out, that
   * waits for a moment, unless {@code cancelGrace} is as short: to stop a run brings its thread
   * back, which wants a processor as those do that are yet to be told.
   */
  private long stopLate(boolean moreTimedOut) {
    if (toStop.size() == 0) {
      return TimedWait.NEVER;
    }
    long now = System.nanoTime();
    boolean isCrowd =
        moreTimedOut && toStop.size() >= CROWD && cancelGrace > MOST_CROWD_WAITS.toNanos();
    if (!isCrowd) {
      waitsSince = NOT_WAITING;
    } else if (waitsSince == NOT_WAITING) {
      waitsSince = now;
    }
    if (isCrowd && now - waitsSince < MOST_CROWD_WAITS.toNanos()) {
      return SHORTEST_TICK;
    }
    if (!settler.stopRuns(toStop)) {
      return tick; // perhaps there is a thread by then
    }
    toStop = new TaskList();
    waitsSince = NOT_WAITING;
    return TimedWait.NEVER;
  }

  /** Whether the worker is being opened or pinged; abandons it if that hangs. */
  private boolean checkPhase(WorkerThread<J, R> worker) {
    if (!worker.phase().hangsFor(0)) {
      return false;
    }
    if (worker.phase().hangsFor(openTimeout) && hangsDespiteInterrupt(worker)) {
      abandonAndReplace(worker, () -> hangsDespiteInterrupt(worker));
    }
    return true;
  }

  private boolean hangsDespiteInterrupt(WorkerThread<J, R> worker) {
    try (var _ = base.hold()) {
      return worker.phase().hangsDespiteInterrupt(openTimeout, cancelGrace);
    }
  }

  private void abandonAndReplace(WorkerThread<J, R> worker, BooleanSupplier stillHangs) {
    abandonment.abandonAndReplace(worker, stillHangs);
    numbers[worker.slot().index()] = 0;
    late[worker.slot().index()] = 0;
  }

  /**
   * Warns of a worker that is to be replaced but does not finish or close, again and again: nobody
   * may kill it, so its slot does nothing until it comes back. How long until the next warning.
   */
  private long checkTermination(WorkerThread<J, R> worker) {
    long lasts = worker.phase().terminatingFor();
    int slot = worker.slot().index();
    if (lasts == 0 || base.life().isClosing()) { // a closer has warnings of its own
      warnedAt[slot] = 0;
      return TimedWait.NEVER;
    }
    if (lasts < warnedAt[slot]) { // that one is over
      warnedAt[slot] = 0;
    }
    if (lasts - warnedAt[slot] >= patience) {
      warnedAt[slot] = lasts;
      worker.log(Level.WARN).log(
          "{} is to be replaced, but has been {} for {} s; it is at{}",
          worker.slot().name(),
          worker.phase().shown(null, slot),
          Duration.ofNanos(lasts).toSeconds(),
          Stacks.lines(worker.thread()));
    }
    return Math.max(SHORTEST_TICK, patience - (lasts - warnedAt[slot]));
  }
}
