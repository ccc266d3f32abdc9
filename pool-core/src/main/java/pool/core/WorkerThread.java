package pool.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import pool.api.Worker;

/**
 * The thread of a slot: it opens a worker, runs jobs with it, and closes it; when the worker broke,
 * it opens the next.
 *
 * <pre>
 *            ┌────────────── run ◀─────────┐
 *            ▼                             │
 *   OPENING ───▶ IDLE ──▶ RUNNING ──▶ CALLBACK     idle, or its run was stopped: ──▶ PINGING ──▶ IDLE
 *      ▲          │
 *      │          ├─ drained ──▶ FINISHING ──▶ CLOSING ──▶ CLOSED
 *      │          ├─ stopped ────────────────▶ CLOSING ──▶ CLOSED
 *      │          └─ spent ────▶ FINISHING ──▶ CLOSING ──┐
 *      └─ replaced ◀──────────── CLOSING ◀── broken      │
 *      └─────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>A pool that closes past its deadline, and a run, an opening or a ping that does not come back
 * after its time-out, turn any of these into ABANDONED: the slot gets another thread, and this one
 * closes its worker when it comes back.
 */
final class WorkerThread<J, R> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final ScopedValue<WorkerThread<?, ?>> CURRENT = ScopedValue.newInstance();

  private final PoolCore<J, R> core;
  private final int slot;
  private final int part; // of batches; its slot, unless its predecessor was abandoned in one
  private final @Nullable WorkerThread<J, R> predecessor; // which was abandoned
  private final String name;
  private final Thread thread;
  private final Condition wake; // for work, or for the next try to open

  final Tally tally = new Tally();
  final Pace pace = new Pace(tally);
  final Hand<J, R> hand;
  final JobRunner<J, R> runner;
  private final Span span;

  private volatile WorkerState state = WorkerState.OPENING; // IDLE stands for all of serving
  private volatile long stateSince = System.nanoTime();
  private volatile boolean hasOwn; // or had when it was last looked at; changed under the lock

  // The thread's own:
  private boolean turn;
  private boolean napIsOver; // it has waited as long as it may without a look at its worker

  // Under the pool's lock, as are all changes of the state:
  private boolean searches; // read without by its own thread, which alone can be awake then
  private boolean asleep;
  private boolean listed; // among the sleepers, though perhaps woken since
  private volatile boolean pauses;
  private boolean overdue; // it was interrupted, since it opens or answers a ping for too long
  private int opened;
  private int failedTries; // to open, since it last succeeded
  private @Nullable JobFuture<J, R> own; // the last that was for its slot alone
  private long startedSeen;

  WorkerThread(PoolCore<J, R> core, int slot) {
    this(core, slot, slot, null);
  }

  private WorkerThread(
      PoolCore<J, R> core, int slot, int part, @Nullable WorkerThread<J, R> predecessor) {
    this.core = core;
    this.slot = slot;
    this.part = part;
    this.predecessor = predecessor;
    this.span = new Span(core.settings, tally, pace);
    this.name = core.settings.name() + "-" + slot;
    this.thread = core.settings.threads().builder().name(name).unstarted(this);
    this.wake = core.lock.newCondition();
    this.hand = new Hand<>(slot, core.settings.takesHandfuls() ? Hand.MOST : 1);
    this.runner = new JobRunner<>(core, this);
  }

  /** Whether this thread works for the pool. */
  static boolean isOf(PoolCore<?, ?> core) {
    return CURRENT.isBound() && CURRENT.get().core == core;
  }

  /** This thread, when it works for the pool; not one that a job has forked. */
  @SuppressWarnings("unchecked") // a core's workers have its types
  static <J, R> @Nullable WorkerThread<J, R> current(PoolCore<J, R> core) {
    return isOf(core) && CURRENT.get().thread == Thread.currentThread()
        ? (WorkerThread<J, R>) CURRENT.get()
        : null;
  }

  /** The thread that is to follow this one, which was abandoned; it gets what this had taken. */
  WorkerThread<J, R> successor(int itsPart) {
    WorkerThread<J, R> next = new WorkerThread<>(core, slot, itsPart, this);
    List<JobFuture<J, R>> taken = new ArrayList<>();
    hand.waiting(taken::add);
    for (int i = 0; i < taken.size(); i++) {
      next.hand.put(i, taken.get(i));
    }
    next.hand.took(taken.size());
    next.opened = opened;
    next.hasOwn = true; // or so it may be
    return next;
  }

  int slot() {
    return slot;
  }

  int part() {
    return part;
  }

  String name() {
    return name;
  }

  Thread thread() {
    return thread;
  }

  @Override
  public void run() {
    ScopedValue.where(CURRENT, this)
        .run(() -> {
          MDC.put("worker", name);
          try {
            live();
          } finally {
            MDC.remove("worker");
            core.crew.ended(this);
          }
        });
  }

  private void live() {
    boolean wanted = true;
    while (wanted && core.crew.mayOpen(this)) {
      PoolContext context = new PoolContext(core.settings, core.life, name, slot);
      Worker<J, R> ready = open(context);
      if (ready == null) {
        wanted = core.crew.awaitRetry(this);
        continue;
      }
      End end = serve(ready);
      if (end != End.DRAINED) {
        core.crew.left(this);
      }
      if (end != End.BROKEN) {
        finish(ready);
      }
      close(ready, context);
      wanted = end != End.DRAINED && core.crew.wantsAnother(this);
    }
  }

  private @Nullable Worker<J, R> open(PoolContext context) {
    long start = System.nanoTime();
    try {
      Worker<J, R> ready = core.factory.open(context);
      Objects.requireNonNull(ready, "the factory returned null instead of a worker");
      core.crew.opened(this, ready, System.nanoTime() - start);
      LOG.debug("{} opened in {} ms", name, millisSince(start));
      return ready;
    } catch (Throwable e) {
      try {
        context.closeOwned();
      } catch (Throwable suppressed) {
        e.addSuppressed(suppressed);
      }
      clearInterrupt();
      core.crew.openFailed(this, e);
      return null;
    } finally {
      clearInterrupt();
    }
  }

  /** Why a worker serves no longer. */
  private enum End {
    /** All has settled, or the pool is stopped. */
    DRAINED,
    /** It has done as many jobs as it may, or is as old as it may be. */
    SPENT,
    /** Its resource is broken, or it was abandoned. */
    BROKEN
  }

  private End serve(Worker<J, R> ready) {
    while (!isGone() && !span.isOver()) {
      napIsOver = false;
      Work<J, R> work = core.dispatcher.next(this);
      if (work != null) {
        Throwable failure = runner.run(ready, work);
        if (failure != null && JobRunner.breaksWorker(failure)) {
          LOG.warn("{} broke: {}", name, Brief.of(failure));
          return End.BROKEN;
        }
        if (!isGone() && runner.wasStopped() && !answersPing(ready)) {
          return End.BROKEN;
        }
      } else if (!napIsOver) {
        return End.DRAINED;
      } else if (span.isPingDue() && !answersPing(ready)) {
        return End.BROKEN;
      }
    }
    return isGone() ? End.BROKEN : End.SPENT;
  }

  private boolean answersPing(Worker<J, R> ready) {
    if (!mayPing()) {
      return true;
    }
    Throwable failure = null;
    try {
      ready.ping();
    } catch (Throwable e) {
      failure = e;
    }
    boolean inTime = endPing();
    if (failure != null || !inTime) {
      LOG.warn(
          "{} did not answer a ping{}",
          name,
          failure != null ? ": " + Brief.of(failure) : " within openTimeout");
    }
    return failure == null && inTime;
  }

  /** Whether the ping was answered in time. */
  private boolean endPing() {
    core.lock.lock();
    try {
      boolean inTime = !overdue && state == WorkerState.PINGING;
      becomes(WorkerState.IDLE);
      return inTime;
    } finally {
      core.lock.unlock();
      clearInterrupt();
    }
  }

  private void finish(Worker<J, R> ready) {
    if (!core.closing.mayFinish(this)) {
      return;
    }
    try {
      ready.finish();
    } catch (Throwable e) {
      core.closing.failed(this, e);
    }
    clearInterrupt();
  }

  private void close(Worker<J, R> ready, PoolContext context) {
    long start = System.nanoTime();
    enter(WorkerState.CLOSING);
    clearInterrupt();
    try {
      ready.close();
    } catch (Throwable e) {
      core.closing.failed(this, e);
    }
    try {
      context.closeOwned();
    } catch (Throwable e) {
      core.closing.failed(this, e);
    }
    clearInterrupt();
    LOG.debug("{} closed", name);
    core.closing.closed(this, System.nanoTime() - start);
  }

  /** The flag that a job, a callback or somebody outside left set must not reach the next job. */
  static void clearInterrupt() {
    boolean _ = Thread.interrupted();
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private void enter(WorkerState next) {
    core.lock.lock();
    try {
      becomes(next);
    } finally {
      core.lock.unlock();
    }
  }

  private boolean mayPing() {
    core.lock.lock();
    try {
      if (core.life.isStopped()) {
        return false;
      }
      starts(WorkerState.PINGING);
      return true;
    } finally {
      core.lock.unlock();
    }
  }

  // Its own thread, in the dispatcher

  /** Whether it is this time's turn of what does not come through the ring. */
  boolean takesTurnAside() {
    turn = !turn;
    return turn;
  }

  /** Whether it is the searcher, or becomes it. */
  boolean searches(Sleepers<J, R> sleepers) {
    searches = searches || sleepers.beginSearch();
    return searches;
  }

  /** Whether it was the searcher; no longer. */
  boolean endsSearch() {
    boolean searched = searches;
    searches = false;
    return searched;
  }

  // Under the lock; the worker's own thread, unless said otherwise:

  void becomes(WorkerState next) {
    if (state != WorkerState.ABANDONED) {
      state = next;
      stateSince = System.nanoTime();
      overdue = false;
    }
  }

  /** What begins now may be interrupted; what came before may not have left its flag. */
  void starts(WorkerState next) {
    clearInterrupt();
    becomes(next);
    if (next != WorkerState.FINISHING) {
      core.supervisor.watch();
    }
  }

  /** Any thread. */
  void interruptOpening() {
    if (state == WorkerState.OPENING) {
      thread.interrupt();
    }
  }

  /** Any thread. */
  void interruptFinish() {
    if (state == WorkerState.FINISHING) {
      thread.interrupt();
    }
  }

  void opened(Worker<J, R> ready) {
    runner.opened(ready);
    opened++;
    failedTries = 0;
    span.begins();
    becomes(WorkerState.IDLE);
  }

  /** How many jobs of the queue it has started since this was last asked. */
  long startedSinceLastLook() {
    long started = tally.jobsStarted();
    long more = started - startedSeen;
    startedSeen = started;
    return more;
  }

  /** Notes a job that is for its slot alone. */
  @Nullable JobFuture<J, R> takesOwn(@Nullable JobFuture<J, R> future) {
    own = future;
    return future;
  }

  /** Whether that is the last such job. */
  boolean tookOwn(JobFuture<J, R> future) {
    return own == future;
  }

  /** How often in a row it could not be opened, this time included. */
  int failedAgain() {
    return ++failedTries;
  }

  /** Waits until it is woken, or its worker needs a look; false in that case. */
  boolean sleep() {
    long left = span.nap();
    long deadline = left == Long.MAX_VALUE ? 0 : System.nanoTime() + left;
    while (asleep && left > 0) {
      if (left == Long.MAX_VALUE) {
        wake.awaitUninterruptibly();
        continue;
      }
      try {
        long _ = wake.awaitNanos(left);
      } catch (InterruptedException e) {
        // from outside, and for no job: so it is dropped
      }
      left = deadline - System.nanoTime();
    }
    napIsOver = asleep;
    return !napIsOver;
  }

  /** Waits until the pause is ended or the time has passed. */
  void pause(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    becomes(WorkerState.OPENING);
    pauses = true;
    long left;
    while (pauses && (left = deadline - System.nanoTime()) > 0) {
      wake.awaitNanos(left);
    }
    pauses = false;
  }

  // Under the lock; any thread:

  void endPause() {
    pauses = false;
    wake.signalAll();
  }

  /**
   * Whether it opens a worker again, or pings one, for longer than that. Perhaps; see interrupt.
   */
  boolean hangsFor(long nanos) {
    WorkerState now = state;
    return (now == WorkerState.PINGING || (now == WorkerState.OPENING && !pauses))
        && System.nanoTime() - stateSince >= nanos;
  }

  /**
   * Interrupts an opening or a ping that hangs; false when it was before, and that time ran out.
   */
  boolean interruptIfHanging(long nanos, long grace) {
    if (!hangsFor(nanos)) {
      return true;
    }
    if (!overdue) {
      overdue = true;
      thread.interrupt();
    }
    return !hangsFor(nanos + grace);
  }

  /** Is entered as asleep; whether it is to be listed. */
  boolean fallsAsleep() {
    asleep = true;
    boolean unlisted = !listed;
    listed = true;
    return unlisted;
  }

  /** Is taken from the list; whether it is still asleep. */
  boolean isUnlistedAsleep() {
    listed = false;
    return asleep;
  }

  /** Is woken, and perhaps to search; false when it was awake. */
  boolean wakesUp(boolean toSearch) {
    if (!asleep) {
      return false;
    }
    asleep = false;
    searches = toSearch;
    wake.signalAll();
    return true;
  }

  /** Something waits for it alone, or no longer. */
  void hasOwn(boolean has) {
    hasOwn = has;
  }

  // Any thread, exact under the lock:

  boolean hasOwn() {
    return hasOwn;
  }

  /** Whether it was abandoned. Then it only closes its worker, when it comes back. */
  boolean isGone() {
    return state == WorkerState.ABANDONED;
  }

  /** Whether its worker has done as much as it may. Its own thread. */
  boolean isSpent() {
    return span.isOver();
  }

  WorkerState state() {
    return state;
  }

  WorkerStats stats() {
    Work<J, R> work = runner.current();
    Optional<Object> job = Optional.empty();
    if (work != null && work.isRunning(this)) {
      job = Optional.ofNullable(work.runningJob(this));
    }
    return new WorkerStats(
        name,
        state == WorkerState.IDLE ? serves(work) : state,
        runs(),
        failures(),
        job,
        job.map(_ -> Instant.now().minusNanos(System.nanoTime() - tally.since())),
        opened);
  }

  /** When its state last changed. */
  long stateSince() {
    return stateSince;
  }

  /** How long it has been at what it does. */
  Duration stateOrRunFor() {
    long since = state == WorkerState.IDLE ? tally.since() : stateSince;
    return Duration.ofNanos(System.nanoTime() - since);
  }

  private long runs() {
    return tally.runs() + (predecessor == null ? 0 : predecessor.runs());
  }

  private long failures() {
    return runner.failures() + (predecessor == null ? 0 : predecessor.failures());
  }

  private WorkerState serves(@Nullable Work<J, R> work) {
    if (work == null) {
      return WorkerState.IDLE;
    }
    return work.isRunning(this) || work.isRunningCancelled(this)
        ? WorkerState.RUNNING
        : WorkerState.CALLBACK;
  }
}
