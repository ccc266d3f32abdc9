package pool.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;
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
  private final int range; // of bulk calls; its slot, unless its predecessor was abandoned in one
  private final @Nullable WorkerThread<J, R> predecessor; // which was abandoned
  private final String name;
  private final Thread thread;

  final WorkerCounters counters = new WorkerCounters();
  final ClaimSize claimSize = new ClaimSize(counters);
  final ClaimedJobs<J, R> claimed;
  final JobRunner<J, R> runner;
  private final RecyclePolicy recyclePolicy;
  final WorkerPhase phase;
  final Parker parker;

  private volatile boolean hasOwn; // or had when it was last looked at; changed under the lock

  private boolean turn; // the thread's own

  // Under the pool's lock:
  private int opened;
  private int failedTries; // to open, since it last succeeded
  private @Nullable JobFuture<J, R> own; // the last that was for its slot alone
  private long startedSeen;

  WorkerThread(PoolCore<J, R> core, int slot) {
    this(core, slot, slot, null);
  }

  private WorkerThread(
      PoolCore<J, R> core, int slot, int range, @Nullable WorkerThread<J, R> predecessor) {
    this.core = core;
    this.slot = slot;
    this.range = range;
    this.predecessor = predecessor;
    this.recyclePolicy = new RecyclePolicy(core.settings, counters, claimSize);
    this.name = core.settings.name() + "-" + slot;
    this.thread = core.settings.threads().builder().name(name).unstarted(this);
    this.phase = new WorkerPhase(thread, core);
    this.parker = new Parker(recyclePolicy, core.lock.newCondition());
    this.claimed = new ClaimedJobs<>(slot, core.settings.claimsSeveral() ? ClaimedJobs.MOST : 1);
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
    claimed.waiting(taken::add);
    for (int i = 0; i < taken.size(); i++) {
      next.claimed.put(i, taken.get(i));
    }
    next.claimed.took(taken.size());
    next.opened = opened;
    next.hasOwn = true; // or so it may be
    return next;
  }

  int slot() {
    return slot;
  }

  int range() {
    return range;
  }

  String name() {
    return name;
  }

  String pool() {
    return core.settings.name();
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
            core.replacement.ended(this);
          }
        });
  }

  private void live() {
    if (predecessor != null) {
      replaces(ReplaceReason.ABANDONED);
    }
    boolean wanted = true;
    while (wanted && mayStart(WorkerState.OPENING)) {
      PoolContext context = new PoolContext(core.settings, core.life, name, slot);
      Worker<J, R> ready = open(context);
      if (ready == null) {
        wanted = core.replacement.awaitRetry(this);
        continue;
      }
      ReplaceReason why = serve(ready);
      if (why != null) {
        core.replacement.left(this);
      }
      if (why == null || why == ReplaceReason.SPENT) {
        finish(ready);
      }
      close(ready, context);
      wanted = why != null && core.replacement.wantsAnother(this);
      if (wanted && why != null) {
        replaces(why);
      }
    }
  }

  /** It opens a worker next, in the place of one before. */
  private void replaces(ReplaceReason why) {
    core.events.replaces(name, slot, why, opened + 1);
  }

  private @Nullable Worker<J, R> open(PoolContext context) {
    PoolEvents.Timing timing = core.events.opens(name);
    try {
      context.readOptions();
      Worker<J, R> ready = core.factory.open(context);
      Objects.requireNonNull(ready, "the factory returned null instead of a worker");
      Duration took = core.events.opened(name, timing);
      core.replacement.opened(this, ready, took);
      LogLine.of(LOG, Level.DEBUG, this)
          .with("elapsed", took)
          .log("{} opened in {} ms", name, took.toMillis());
      return ready;
    } catch (Throwable e) {
      try {
        context.closeOwned();
      } catch (Throwable suppressed) {
        Suppressed.add(e, suppressed);
      }
      clearInterrupt();
      core.replacement.openFailed(this, e);
      return null;
    } finally {
      clearInterrupt();
    }
  }

  /** Why it serves no longer; null when all has settled, or the pool is stopped. */
  private @Nullable ReplaceReason serve(Worker<J, R> ready) {
    while (!isGone() && !recyclePolicy.isOver()) {
      Work<J, R> work = core.dispatcher.next(this);
      if (work != null) {
        Throwable failure = runner.run(ready, work);
        if (failure != null && JobRunner.breaksWorker(failure)) {
          core.events.broke(name, failure);
          LogLine.of(LOG, Level.WARN, this).log("{} broke: {}", name, SafeText.of(failure));
          return ReplaceReason.BROKEN;
        }
        if (!isGone() && runner.wasStopped() && !answersPing(ready)) {
          return ReplaceReason.NO_PING;
        }
      } else if (!parker.takeParkedTooLong()) {
        return null;
      } else if (recyclePolicy.isPingDue() && !answersPing(ready)) {
        return ReplaceReason.NO_PING;
      }
    }
    return isGone() ? ReplaceReason.ABANDONED : ReplaceReason.SPENT;
  }

  private boolean answersPing(Worker<J, R> ready) {
    if (!mayStart(WorkerState.PINGING)) {
      return true;
    }
    Throwable failure = null;
    try {
      ready.ping();
    } catch (Throwable e) {
      failure = e;
    }
    if (!phase.endsPing() && failure == null) {
      failure = new TimeoutException("not within openTimeout");
    }
    clearInterrupt();
    if (failure != null) {
      core.events.broke(name, failure);
      LogLine.of(LOG, Level.WARN, this)
          .log("{} did not answer a ping: {}", name, SafeText.of(failure));
    }
    return failure == null;
  }

  private void finish(Worker<J, R> ready) {
    if (!mayStart(WorkerState.FINISHING)) {
      return;
    }
    PoolEvents.Timing timing = core.events.finishes(name);
    try {
      ready.finish();
    } catch (Throwable e) {
      core.reportBuilder.failed(this, e);
    }
    core.events.finished(name, timing);
    clearInterrupt();
  }

  private void close(Worker<J, R> ready, PoolContext context) {
    PoolEvents.Timing timing = core.events.closes(name);
    phase.becomes(WorkerState.CLOSING);
    clearInterrupt();
    try {
      ready.close();
    } catch (Throwable e) {
      core.reportBuilder.failed(this, e);
    }
    try {
      context.closeOwned();
    } catch (Throwable e) {
      core.reportBuilder.failed(this, e);
    }
    clearInterrupt();
    Duration took = core.events.closed(name, timing);
    LogLine.of(LOG, Level.DEBUG, this).with("elapsed", took).log("{} closed", name);
    core.reportBuilder.closed(this, took);
  }

  /** The flag that a job, a callback or somebody outside left set must not reach the next job. */
  static void clearInterrupt() {
    boolean _ = Thread.interrupted();
  }

  /** Begins to open, ping or finish; false when the pool was stopped, or does not count on it. */
  private boolean mayStart(WorkerState next) {
    core.lock.lock();
    try {
      if (core.life.isStopped() || isGone()) {
        return false;
      }
      phase.starts(next);
      return true;
    } finally {
      core.lock.unlock();
    }
  }

  // Its own thread, in the dispatcher

  /** Whether it is this time's turn of what does not come through the ring. */
  boolean takesSlowTurn() {
    turn = !turn;
    return turn;
  }

  // Under the lock; the worker's own thread, unless said otherwise:

  void opened(Worker<J, R> ready) {
    runner.opened(ready);
    opened++;
    failedTries = 0;
    recyclePolicy.begins();
    phase.becomes(WorkerState.IDLE);
  }

  /** How many jobs of the queue it has started since this was last asked. */
  long startedSinceLastLook() {
    long started = counters.jobsStarted();
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
    return phase.is(WorkerState.ABANDONED);
  }

  /** Whether its worker has done as much as it may. Its own thread. */
  boolean isSpent() {
    return recyclePolicy.isOver();
  }

  WorkerStats stats() {
    WorkerState now = phase.state();
    Work<J, R> work = runner.current();
    Optional<Object> job = Optional.empty();
    if (work != null && work.isRunning(this)) {
      job = Optional.ofNullable(work.runningJob(this));
    }
    return new WorkerStats(
        name,
        now == WorkerState.IDLE ? serves(work) : now,
        runs(),
        failures(),
        job,
        job.map(_ -> Instant.now().minusNanos(System.nanoTime() - counters.since())),
        opened);
  }

  private long runs() {
    return counters.runs() + (predecessor == null ? 0 : predecessor.runs());
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
