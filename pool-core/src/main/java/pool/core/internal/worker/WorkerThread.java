package pool.core.internal.worker;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import pool.api.Worker;
import pool.api.internal.SafeText;
import pool.core.ReplaceReason;
import pool.core.ThreadKind;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.life.Settings;
import pool.core.internal.queue.ClaimedJobs;
import pool.core.internal.queue.Parker;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.Suppressed;
import pool.core.internal.worker.WorkerPhase.Phase;

/**
 * The thread of a slot: it opens a worker, runs jobs with it, and closes it; when the worker broke
 * or has done as much as it may, it opens the next. {@link WorkerPhase} draws what it is at.
 *
 * <p>A pool that closes past its deadline, and a run, an opening or a ping that does not come back
 * after its time-out, abandon the thread: the slot gets another, and this one closes its worker
 * when it comes back.
 */
public final class WorkerThread<J, R> implements Runnable {

  private static final ScopedValue<WorkerThread<?, ?>> CURRENT = ScopedValue.newInstance();

  private final WorkerParts<J, R> parts;
  private final Base base;
  private final Slot<J, R> slot;
  private final boolean isSuccessor; // of one that was abandoned
  private final String name;
  private final Thread thread;
  private final WorkerCounters counters = new WorkerCounters();
  private final ClaimSize claimSize = new ClaimSize(counters);
  private final ClaimedJobs<J, R> claimed;
  private final RecyclePolicy recyclePolicy;
  private final WorkerPhase phase;
  private final Parker parker;
  private final JobRunner<J, R> runner;

  // The thread's own:
  private boolean slowTurn;
  private boolean bulkTurn;

  // Under the pool's lock:
  private int opened; // workers, in the slot
  private int failedOpenings; // since one last succeeded

  /** The first thread of a slot. */
  public WorkerThread(WorkerParts<J, R> parts, Slot<J, R> slot) {
    this(parts, slot, false);
  }

  private WorkerThread(WorkerParts<J, R> parts, Slot<J, R> slot, boolean isSuccessor) {
    this.parts = parts;
    this.base = parts.base();
    Settings settings = base.settings();
    this.slot = slot;
    this.isSuccessor = isSuccessor;
    this.name = slot.name();
    this.thread =
        (settings.threads() == ThreadKind.VIRTUAL
                ? Thread.ofVirtual()
                : Thread.ofPlatform().daemon(true))
            .inheritInheritableThreadLocals(false)
            .name(name)
            .unstarted(this);
    this.claimed = new ClaimedJobs<>(slot.index(), settings.claimsSeveral() ? ClaimedJobs.MOST : 1);
    this.recyclePolicy = new RecyclePolicy(settings, counters, claimSize);
    this.phase = new WorkerPhase(base, thread);
    this.parker = new Parker(base.lock().newCondition());
    this.runner = new JobRunner<>(base, this, parts.dispatcher(), parts.settler());
  }

  /** The thread that is to follow this one, which was abandoned; it gets what this had taken. */
  public WorkerThread<J, R> successor() {
    WorkerThread<J, R> next = new WorkerThread<>(parts, slot, true);
    next.claimed.takeOver(claimed);
    next.opened = opened;
    return next;
  }

  /** Whether this code runs for a pool, known by its lock: on a thread of it, or forked there. */
  @SuppressWarnings("ReferenceEquality") // a lock is only equal to itself
  public static boolean runsFor(PoolLock lock) {
    return CURRENT.isBound() && CURRENT.get().base.lock() == lock;
  }

  /** This thread, when it works for the pool; not one that a job has forked. */
  @SuppressWarnings("unchecked") // the pool's workers have its types
  public static <J, R> @Nullable WorkerThread<J, R> current(PoolLock lock) {
    return runsFor(lock) && CURRENT.get().thread == Thread.currentThread()
        ? (WorkerThread<J, R>) CURRENT.get()
        : null;
  }

  // Its life

  @Override
  public void run() {
    ScopedValue.where(CURRENT, this)
        .run(() -> {
          MDC.put("worker", name);
          try {
            live();
          } finally {
            MDC.remove("worker");
            parts.host().ended(this);
          }
        });
  }

  private void live() {
    if (isSuccessor) {
      replaces(ReplaceReason.ABANDONED);
    }
    boolean wanted = true;
    while (wanted && phase.begins(Phase.OPENING)) {
      PoolContext context = new PoolContext(base, slot);
      Worker<J, R> ready = open(context);
      if (ready == null) {
        wanted = parts.host().awaitRetry(this);
        continue;
      }
      ReplaceReason why = serve(ready);
      if (why != null) {
        parts.host().left(this);
      }
      if (why == null || why == ReplaceReason.SPENT) {
        finish(ready);
      }
      close(ready, context);
      wanted = why != null && parts.host().wantsAnother(this);
      if (wanted && why != null) {
        replaces(why);
      }
    }
  }

  /** It opens a worker next, in the place of one before. */
  private void replaces(ReplaceReason why) {
    base.events().replaces(name, slot.index(), why, opened + 1);
  }

  private @Nullable Worker<J, R> open(PoolContext context) {
    PoolEvents.Timing timing = base.events().opens(name);
    try {
      context.readOptions();
      Worker<J, R> ready = parts.factory().open(context);
      Objects.requireNonNull(ready, "the factory returned null instead of a worker");
      Duration took = base.events().opened(name, timing);
      base.report().opened(slot.index(), name, took);
      parts.host().opened(this, ready);
      log(Level.DEBUG).with("elapsed", took).log("{} opened in {} ms", name, took.toMillis());
      return ready;
    } catch (Throwable e) {
      try {
        context.closeOwned();
      } catch (Throwable suppressed) {
        Suppressed.add(e, suppressed);
      }
      Interrupts.clear();
      parts.host().openFailed(this, e);
      return null;
    } finally {
      Interrupts.clear();
    }
  }

  /** A line for the log that names the worker. */
  public LogLine log(Level level) {
    return LogLine.of(level, base.settings().name()).worker(name);
  }

  /** Why it serves no longer; null when all has settled, or the pool is stopped. */
  private @Nullable ReplaceReason serve(Worker<J, R> ready) {
    while (!isGone() && !recyclePolicy.isOver()) {
      Work<J, R> work = parts.dispatcher().next(this);
      if (work != null) {
        Throwable failure = runner.run(ready, work);
        if (failure != null && JobRunner.breaksWorker(failure)) {
          base.events().broke(name, failure);
          log(Level.WARN).log("{} broke: {}", name, SafeText.of(failure));
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
    if (!phase.begins(Phase.PINGING)) {
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
    Interrupts.clear();
    if (failure != null) {
      base.events().broke(name, failure);
      log(Level.WARN).log("{} did not answer a ping: {}", name, SafeText.of(failure));
    }
    return failure == null;
  }

  private void finish(Worker<J, R> ready) {
    if (!phase.begins(Phase.FINISHING)) {
      return;
    }
    PoolEvents.Timing timing = base.events().finishes(name);
    try {
      ready.finish();
    } catch (Throwable e) {
      base.report().failed(name, e, isGone());
    }
    base.events().finished(name, timing);
    Interrupts.clear();
  }

  private void close(Worker<J, R> ready, PoolContext context) {
    PoolEvents.Timing timing = base.events().closes(name);
    phase.becomes(Phase.CLOSING);
    Interrupts.clear();
    try {
      ready.close();
    } catch (Throwable e) {
      base.report().failed(name, e, isGone());
    }
    try {
      context.closeOwned();
    } catch (Throwable e) {
      base.report().failed(name, e, isGone());
    }
    Interrupts.clear();
    Duration took = base.events().closed(name, timing);
    log(Level.DEBUG).with("elapsed", took).log("{} closed", name);
    base.report().closed(slot.index(), name, took);
  }

  // Its own thread, in the dispatcher and the runner

  /** Whether it is this time's turn of what does not come through the ring. */
  boolean takesSlowTurn() {
    slowTurn = !slowTurn;
    return slowTurn;
  }

  /** Whether it is, among that, this time's turn of bulk calls. */
  boolean takesBulkTurn() {
    bulkTurn = !bulkTurn;
    return bulkTurn;
  }

  /** Whether its worker has done as much as it may. */
  boolean isSpent() {
    return recyclePolicy.isOver();
  }

  /** How many nanoseconds it may sleep without a look at its worker. */
  long longestSleep() {
    return recyclePolicy.longestPark();
  }

  // Under the lock:

  /** It has opened a worker. */
  public void opened(Worker<J, R> ready) {
    runner.opened(ready);
    opened++;
    failedOpenings = 0;
    recyclePolicy.begins();
    phase.becomes(Phase.SERVING);
  }

  /** How often in a row it could not open a worker, this time included. */
  public int failedAgain() {
    return ++failedOpenings;
  }

  /** Nobody counts on it any longer. What it runs has settled. */
  public void abandon() {
    runner.abandoned();
    phase.becomes(Phase.ABANDONED);
  }

  // Any thread:

  /** Whether it was abandoned. Then it only closes its worker, when it comes back. */
  public boolean isGone() {
    return phase.is(Phase.ABANDONED);
  }

  int opened() {
    return opened;
  }

  public Slot<J, R> slot() {
    return slot;
  }

  public Thread thread() {
    return thread;
  }

  public WorkerCounters counters() {
    return counters;
  }

  public ClaimSize claimSize() {
    return claimSize;
  }

  public ClaimedJobs<J, R> claimed() {
    return claimed;
  }

  public WorkerPhase phase() {
    return phase;
  }

  public Parker parker() {
    return parker;
  }

  public JobRunner<J, R> runner() {
    return runner;
  }
}
