package pool.core;

import java.time.Instant;
import java.util.Deque;
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
 *
 * <p><b>Stopping a run</b> is a handshake under the lock, so that no interrupt reaches the next
 * job: the stopper announces itself ({@code beingStopped}) only while the run is {@code current},
 * and the worker, when its run has returned, waits for an announced stopper to be done before it
 * clears the interrupt flag and goes on. A stopper that comes later finds another run, or none, and
 * does nothing.
 */
final class WorkerThread<J, R> implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final ScopedValue<PoolCore<?, ?>> POOL = ScopedValue.newInstance();

  private final PoolCore<J, R> core;
  private final int slot;
  private final String name;
  private final Thread thread;
  private final Condition wake; // for work, for a stopper to be done, for the next try to open

  private volatile WorkerState state = WorkerState.OPENING;

  // Under the pool's lock, as are all changes of the state:
  private @Nullable Worker<J, R> worker;
  private @Nullable J job; // of the current claim, which lets go of it when it settles
  private @Nullable Claim<J, R> current; // until its run has returned
  private long currentSince;
  private boolean stopRequested;
  private boolean beingStopped;
  private boolean waits;
  private boolean listed; // among the idle, though perhaps no longer waiting
  private long jobs;
  private long failures;
  private int opened;
  private int failedTries; // to open, since it last succeeded

  WorkerThread(PoolCore<J, R> core, int slot) {
    this.core = core;
    this.slot = slot;
    this.name = core.settings.name() + "-" + slot;
    this.thread = core.settings.threads().builder().name(name).unstarted(this);
    this.wake = core.dispatcher.lock.newCondition();
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
      PoolContext context = new PoolContext(core.settings, core.dispatcher.life, name, slot);
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

  /** Runs jobs until there are no more; false when the worker broke. */
  private boolean serve(Worker<J, R> ready) {
    Claim<J, R> claim;
    while ((claim = core.dispatcher.claim(this)) != null) {
      R result = null;
      Throwable failure = null;
      try {
        result = ready.run(Objects.requireNonNull(job));
      } catch (Throwable e) {
        failure = e;
      }
      boolean settledHere = core.dispatcher.settle(this, claim, result, failure);
      clearInterrupt();
      if (settledHere) {
        claim.publish(failure == null ? Settlement.SUCCEEDED : Settlement.FAILED, result, failure);
      }
      if (failure instanceof WorkerBrokenException || failure instanceof Error) {
        LOG.warn("{} broke: {}", name, failure.toString());
        return false;
      }
      if (needsPing() && !answersPing(ready)) {
        return false;
      }
    }
    return true;
  }

  private boolean answersPing(Worker<J, R> ready) {
    enter(WorkerState.PINGING);
    clearInterrupt();
    try {
      ready.ping();
      return true;
    } catch (Throwable e) {
      LOG.warn("{} did not answer a ping after its job was stopped: {}", name, e.toString());
      return false;
    } finally {
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

  /** On a stopper's thread: unblocks the run, if it is still under way, and interrupts it. */
  void stop(Claim<J, R> claim) {
    Worker<J, R> running;
    core.dispatcher.lock.lock();
    try {
      if (current != claim || worker == null) {
        return;
      }
      beingStopped = true;
      running = worker;
    } finally {
      core.dispatcher.lock.unlock();
    }
    try {
      running.cancel();
    } catch (Throwable e) {
      LOG.warn("{} failed to cancel its job: {}", name, e.toString());
    } finally {
      thread.interrupt();
      core.dispatcher.lock.lock();
      try {
        beingStopped = false;
        wake.signalAll();
      } finally {
        core.dispatcher.lock.unlock();
      }
    }
  }

  /** The flag that a job, a callback or somebody outside left set must not reach the next job. */
  private static void clearInterrupt() {
    boolean _ = Thread.interrupted();
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private void enter(WorkerState next) {
    core.dispatcher.lock.lock();
    try {
      becomes(next);
    } finally {
      core.dispatcher.lock.unlock();
    }
  }

  private boolean needsPing() {
    core.dispatcher.lock.lock();
    try {
      boolean needed = stopRequested && !core.dispatcher.life.isStopped();
      stopRequested = false;
      return needed;
    } finally {
      core.dispatcher.lock.unlock();
    }
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
    worker = ready;
    opened++;
    failedTries = 0;
    becomes(WorkerState.IDLE);
  }

  void starts(Claim<J, R> claim) {
    clearInterrupt();
    current = claim;
    job = claim.job();
    currentSince = System.nanoTime();
    becomes(WorkerState.RUNNING);
  }

  void returned(boolean failed) {
    current = null;
    job = null;
    jobs++;
    if (failed) {
      failures++;
    }
    becomes(WorkerState.CALLBACK);
    while (beingStopped) {
      wake.awaitUninterruptibly();
    }
  }

  /** Waits until it is woken. */
  void awaitWork(Deque<WorkerThread<J, R>> idle) {
    becomes(WorkerState.IDLE);
    if (!listed) {
      listed = true;
      idle.push(this);
    }
    waits = true;
    while (waits) {
      wake.awaitUninterruptibly();
    }
  }

  /** Waits until it is woken or the time has passed. */
  void awaitRetry(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    becomes(WorkerState.OPENING);
    waits = true;
    long left;
    while (waits && (left = deadline - System.nanoTime()) > 0) {
      wake.awaitNanos(left);
    }
    waits = false;
  }

  /** Any thread. */
  void wake() {
    if (waits) {
      waits = false;
      wake.signalAll();
    }
  }

  /** How often in a row it could not be opened, this time included. */
  int failedAgain() {
    return ++failedTries;
  }

  /** Any thread: taken from the list of the idle; whether it still waits. */
  boolean unlisted() {
    listed = false;
    return waits;
  }

  /** Any thread: the run that is under way is about to be stopped. */
  void stopRequested() {
    stopRequested = true;
  }

  /** Any thread. */
  @Nullable Claim<J, R> current() {
    return current;
  }

  /** Any thread: what is run, though it may have settled. */
  @Nullable J currentJob() {
    return job;
  }

  /** Any thread, with or without the lock. */
  WorkerState state() {
    return state;
  }

  /** Any thread. */
  WorkerStats stats() {
    Claim<J, R> claim = current;
    boolean runs = claim != null && !claim.isSettled();
    return new WorkerStats(
        name,
        state,
        jobs,
        failures,
        runs ? Optional.ofNullable(job) : Optional.empty(),
        runs
            ? Optional.of(Instant.now().minusNanos(System.nanoTime() - currentSince))
            : Optional.empty(),
        opened);
  }
}
