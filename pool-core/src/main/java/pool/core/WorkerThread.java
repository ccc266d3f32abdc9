package pool.core;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import pool.api.Worker;
import pool.api.WorkerBrokenException;

/**
 * The thread of a slot: it opens a worker, runs jobs with it, and closes it; when the worker broke,
 * it opens the next.
 *
 * <pre>
 *            ┌────────────── run ◀─────────┐
 *            ▼                             │
 *   OPENING ───▶ IDLE ──▶ RUNNING ──▶ CALLBACK     after a stopped run: ──▶ PINGING ──▶ IDLE
 *      ▲          │
 *      │          ├─ drained ──▶ FINISHING ──▶ CLOSING ──▶ CLOSED
 *      │          └─ stopped ────────────────▶ CLOSING ──▶ CLOSED
 *      └─ replaced ◀── CLOSING ◀── broken (in RUNNING or PINGING)
 * </pre>
 *
 * <p>A pool that closes past its deadline turns any of these into ABANDONED; the thread goes on to
 * CLOSING when it comes back.
 */
final class WorkerThread<J, R> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final ScopedValue<PoolCore<?, ?>> POOL = ScopedValue.newInstance();

  private final PoolCore<J, R> core;
  private final int slot;
  private final String name;
  private final Thread thread;
  private final Condition wake; // for work, or for the next try to open

  final Tally tally = new Tally();
  final Pace pace = new Pace(tally);
  final Hand<J, R> hand;
  final JobRunner<J, R> runner;

  private volatile WorkerState state = WorkerState.OPENING; // IDLE stands for all of serving
  private volatile boolean hasOwn; // or had when it was last looked at; changed under the lock

  // The thread's own:
  private boolean turn;

  // Under the pool's lock, as are all changes of the state:
  private boolean searches; // read without by its own thread, which alone can be awake then
  private boolean asleep;
  private boolean listed; // among the sleepers, though perhaps woken since
  private boolean pauses;
  private int opened;
  private int failedTries; // to open, since it last succeeded

  WorkerThread(PoolCore<J, R> core, int slot) {
    this.core = core;
    this.slot = slot;
    this.name = core.settings.name() + "-" + slot;
    this.thread = core.settings.threads().builder().name(name).unstarted(this);
    this.wake = core.lock.newCondition();
    this.hand = new Hand<>(slot, core.settings.takesHandfuls() ? Hand.MOST : 1);
    this.runner = new JobRunner<>(core, this);
  }

  /** Whether this thread works for the pool. */
  static boolean isOf(PoolCore<?, ?> core) {
    return POOL.isBound() && POOL.get() == core;
  }

  int slot() {
    return slot;
  }

  String name() {
    return name;
  }

  Thread thread() {
    return thread;
  }

  @Override
  public void run() {
    ScopedValue.where(POOL, core)
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
      boolean healthy = serve(ready);
      if (healthy) {
        finish(ready);
      } else {
        core.crew.broke();
      }
      close(ready, context);
      wanted = !healthy && core.crew.wantsAnother();
    }
  }

  private @Nullable Worker<J, R> open(PoolContext context) {
    long start = System.nanoTime();
    try {
      Worker<J, R> ready = core.factory.open(context);
      Objects.requireNonNull(ready, "the factory returned null instead of a worker");
      core.crew.opened(this, ready);
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

  /** Does what there is to do until there is no more; false when the worker broke. */
  private boolean serve(Worker<J, R> ready) {
    Work<J, R> work;
    while ((work = core.dispatcher.next(this)) != null) {
      Throwable failure = runner.run(ready, work);
      if (failure instanceof WorkerBrokenException || failure instanceof Error) {
        LOG.warn("{} broke: {}", name, Brief.of(failure));
        return false;
      }
      if (runner.wasStopped() && !answersPing(ready)) {
        return false;
      }
    }
    return true;
  }

  private boolean answersPing(Worker<J, R> ready) {
    if (!mayPing()) {
      return true;
    }
    clearInterrupt();
    try {
      ready.ping();
      return true;
    } catch (Throwable e) {
      LOG.warn("{} did not answer a ping after its job was stopped: {}", name, Brief.of(e));
      return false;
    } finally {
      clearInterrupt();
      enter(WorkerState.IDLE);
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
      becomes(WorkerState.PINGING);
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
    }
  }

  /** What begins now may be interrupted; what came before may not have left its flag. */
  void starts(WorkerState next) {
    clearInterrupt();
    becomes(next);
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
    becomes(WorkerState.IDLE);
  }

  /** How often in a row it could not be opened, this time included. */
  int failedAgain() {
    return ++failedTries;
  }

  /** Waits until it is woken. */
  void sleep() {
    while (asleep) {
      wake.awaitUninterruptibly();
    }
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

  WorkerState state() {
    return state;
  }

  WorkerStats stats() {
    Work<J, R> work = runner.current();
    Optional<Object> job = Optional.empty();
    if (work != null && work.isRunning(slot)) {
      job = Optional.ofNullable(work.runningJob(slot));
    }
    return new WorkerStats(
        name,
        state == WorkerState.IDLE ? serves(work) : state,
        tally.runs(),
        runner.failures(),
        job,
        job.map(_ -> Instant.now().minusNanos(System.nanoTime() - tally.since())),
        opened);
  }

  private WorkerState serves(@Nullable Work<J, R> work) {
    if (work == null) {
      return WorkerState.IDLE;
    }
    return work.isRunning(slot) || work.isRunningCancelled(slot)
        ? WorkerState.RUNNING
        : WorkerState.CALLBACK;
  }
}
