package pool.core.internal.worker;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import pool.api.Worker;
import pool.core.ReplaceReason;
import pool.core.ThreadKind;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.life.Settings;
import pool.core.internal.queue.ClaimedJobs;
import pool.core.internal.queue.Parker;
import pool.core.internal.util.HelperThreads;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.Stacks;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.WorkerPhase.Phase;

/**
 * The thread of a slot: it opens a worker ({@link PluginWorker}), runs jobs with it, and closes it;
 * when the worker broke or has done as much as it may, it opens the next. {@link WorkerPhase} draws
 * what it is at.
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
  private final String name;
  private final Thread thread;
  private final WorkerCounters counters = new WorkerCounters();
  private final ClaimSize claimSize = new ClaimSize(counters);
  private final ClaimedJobs<J, R> claimed;
  private final RecyclePolicy recyclePolicy;
  private final WorkerPhase phase;
  private final Parker parker;
  private final PluginWorker<J, R> pluginWorker;
  private final JobRunner<J, R> runner;

  // The thread's own:
  private boolean wanted = true; // another worker
  private @Nullable Throwable thrown; // by the pool's own code, and not yet survived
  private boolean hasEnded;
  private @Nullable ReplaceReason replaces; // why a worker before it is gone
  private boolean slowTurn;
  private boolean bulkTurn;

  /** Of the options of its last worker. It writes them; a successor reads them. */
  private volatile @Nullable Map<String, Object> lastValues;

  // Changed under the pool's lock:
  private @Nullable WorkerSource<J, R> source; // of its worker, or of the one that it opens
  private boolean hasOpened; // that
  private boolean reusesValues; // of the options, once

  // Under the pool's lock:
  private boolean isCounted; // as an open worker
  private int opened; // workers, in the slot
  private int failedOpenings; // since one last succeeded

  /** The first thread of a slot. */
  public WorkerThread(WorkerParts<J, R> parts, Slot<J, R> slot) {
    this(parts, slot, null);
  }

  private WorkerThread(WorkerParts<J, R> parts, Slot<J, R> slot, @Nullable ReplaceReason replaces) {
    this.parts = parts;
    this.base = parts.base();
    Settings settings = base.settings();
    this.slot = slot;
    this.replaces = replaces;
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
    this.parker = new Parker(base.lock());
    this.pluginWorker = new PluginWorker<>(base, phase, name, slot.index());
    this.runner = new JobRunner<>(base, this, parts.dispatcher(), parts.settler(), parts.retries());
  }

  /** A thread that may follow this one, when it is abandoned. */
  public WorkerThread<J, R> successor() {
    return new WorkerThread<>(parts, slot, ReplaceReason.ABANDONED);
  }

  /** Follows one that was abandoned: gets what that had taken. Under the lock. */
  public void takeOver(WorkerThread<J, R> abandoned) {
    claimed.takeOver(abandoned.claimed);
    opened = abandoned.opened;
    lastValues = abandoned.lastValues;
    reusesValues = abandoned.reusesValues;
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
    while (!hasEnded) {
      try {
        ScopedValue.where(CURRENT, this).run(this::live);
      } catch (Throwable e) {
        thrown = e;
      }
    }
  }

  /** Does one thing after the other. Whatever throws, it goes on, until it has ended. */
  private void live() {
    nameInLog();
    while (!hasEnded) {
      try {
        if (thrown != null) {
          survive(thrown);
        } else if (wanted) {
          wanted = liveWithWorker();
        } else {
          attempt(() -> parts.host().ended(this));
          hasEnded = true;
        }
      } catch (Throwable e) {
        if (thrown == null) {
          HelperThreads.survived(e);
        }
        thrown = e;
      }
    }
  }

  private void nameInLog() {
    try {
      MDC.put("worker", name);
    } catch (Throwable e) {
      // then its lines in the log do without
    }
  }

  /** Opens a worker, and does with it what there is to do; whether another is wanted. */
  private boolean liveWithWorker() {
    if (replaces != null) {
      base.events().replaces(name, slot.index(), replaces, opened + 1);
      replaces = null;
    }
    if (!phase.begins(Phase.OPENING)) {
      return false;
    }
    Worker<J, R> ready = open();
    if (ready == null) {
      return parts.host().awaitRetry(this);
    }
    ReplaceReason why = serve(ready);
    if (why != null
        && why != ReplaceReason.RENEWED) { // else the next takes its place, and its jobs
      parts.host().left(this);
    }
    if (why == null || why == ReplaceReason.SPENT || why == ReplaceReason.RENEWED) {
      pluginWorker.finish();
    }
    pluginWorker.close();
    replaces = why;
    return why != null && parts.host().wantsAnother(this);
  }

  /**
   * The last resort: the pool's own code has thrown, since memory is short or a class cannot be
   * loaded. Settles what the worker runs, and closes it. While memory is short, that is done again.
   */
  @SuppressWarnings("ThreadPriorityCheck")
  private void survive(Throwable cause) {
    Thread.yield(); // and no timed wait: a virtual thread's may never end once memory was short
    attempt(() -> runner.giveUp(cause));
    attempt(() -> parts.dispatcher().giveUp(this));
    attempt(() -> parts.host().left(this));
    boolean hadWorker = pluginWorker.exists();
    replaces = hadWorker ? ReplaceReason.BROKEN : replaces;
    attempt(pluginWorker::close);
    wanted =
        wanted && (hadWorker ? parts.host().wantsAnother(this) : parts.host().awaitRetry(this));
    thrown = null;
    logGivenUp(cause);
  }

  /** Does something, unless that throws for another reason than want of memory: it always would. */
  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      // what comes after is done all the same
    }
  }

  private void logGivenUp(Throwable cause) {
    try {
      log(Level.ERROR).logFailure(cause, "{} was given up", name);
    } catch (Throwable e) {
      // nor is there memory for the line
    }
  }

  /** Opens a worker; null when that failed, or it comes from where none is wanted from any more. */
  private @Nullable Worker<J, R> open() {
    WorkerSource<J, R> source = parts.host().opens(this);
    PoolContext context = new PoolContext(base, name, slot.index(), source);
    PoolEvents.Timing timing = base.events().opens(name);
    Worker<J, R> ready;
    try {
      ready = pluginWorker.open(context, source, takeReusedValues());
    } catch (Throwable e) {
      parts.host().openFailed(this, source, e);
      return null;
    } finally {
      Interrupts.clear();
    }
    Duration took = base.events().opened(name, timing);
    base.report().opened(slot.index(), name, took);
    Throwable unusable = parts.host().wantsPing(this, source) ? pluginWorker.ping() : null;
    Interrupts.clear();
    if (unusable != null) {
      parts.host().openFailed(this, source, unusable);
      pluginWorker.close();
      return null;
    }
    if (!parts.host().opened(this, ready, source)) {
      pluginWorker.finish();
      pluginWorker.close();
      return null;
    }
    lastValues = context.values();
    log(Level.DEBUG).with("elapsed", took).log("{} opened in {} ms", name, took.toMillis());
    return ready;
  }

  private @Nullable Map<String, Object> takeReusedValues() {
    try (var _ = base.hold()) {
      boolean reuses = reusesValues;
      reusesValues = false;
      return reuses ? lastValues : null;
    }
  }

  /** A line for the log that names the worker. */
  public LogLine log(Level level) {
    return LogLine.of(level, base.settings().name()).worker(name);
  }

  /** Says where it is, since it has not opened a worker in time. */
  public TimeoutException lateToOpen() {
    return new TimeoutException(
        "worker %s did not open within openTimeout, %s; it is at %s"
            .formatted(name, base.settings().openTimeout(), Stacks.place(thread)));
  }

  /** Why it serves no longer; null when all has settled, or the pool is stopped. */
  private @Nullable ReplaceReason serve(Worker<J, R> ready) {
    while (!isGone() && (!isSpent() || slot.queue().hasRolledBack())) {
      Work<J, R> work = parts.dispatcher().next(this);
      if (work != null) {
        Throwable failure = runner.run(ready, work);
        if (failure != null && RetryPolicy.breaksWorker(failure)) {
          broke("broke", failure);
          return ReplaceReason.BROKEN;
        }
        if (!isGone() && runner.runStop().takeWasStopped() && !answersPing()) {
          return ReplaceReason.NO_PING;
        }
      } else if (isOutdated()) {
        return ReplaceReason.RENEWED;
      } else if (base.life().isDrained() || base.life().isStopped()) {
        return null;
      } else if (parker.takeParkedTooLong() && recyclePolicy.isPingDue() && !answersPing()) {
        return ReplaceReason.NO_PING;
      } // or it was outdated for a moment only: its replacement was given up
    }
    if (isGone()) {
      return ReplaceReason.ABANDONED;
    }
    return isOutdated() ? ReplaceReason.RENEWED : ReplaceReason.SPENT;
  }

  private boolean answersPing() {
    if (!phase.begins(Phase.PINGING)) {
      return true;
    }
    Throwable failure = pluginWorker.ping();
    if (!phase.endsPing() && failure == null) {
      failure = new TimeoutException("not within openTimeout");
    }
    Interrupts.clear();
    if (failure != null) {
      broke("did not answer a ping", failure);
    }
    return failure == null;
  }

  /** Tells the listener, and the log. */
  private void broke(String how, Throwable failure) {
    base.events().broke(name, failure);
    log(Level.WARN).logFailure(failure, "{} {}", name, how);
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

  /** Whether its worker has done as much as it may, or is to leave for another. */
  boolean isSpent() {
    return recyclePolicy.isOver() || isOutdated();
  }

  /** Whether its worker comes from where none is wanted from any more. */
  public boolean isOutdated() {
    return !slot.hasSource(source);
  }

  /** How long it may wait for a job. It is not too old for one that it has rolled back. */
  long longestPark() {
    return slot.queue().hasRolledBack() ? TimedWait.NEVER : recyclePolicy.longestPark();
  }

  RecyclePolicy recyclePolicy() {
    return recyclePolicy;
  }

  // Under the lock:

  /** It is about to open a worker from that source. */
  public void beginsToOpen(WorkerSource<J, R> from) {
    source = from;
    hasOpened = false;
  }

  /** Its next worker has the options of the last, though they are read at each opening. */
  public void reusesValues() {
    reusesValues = true;
  }

  /** Whether it is opening a worker from that source. */
  public boolean isOpening(WorkerSource<J, R> from) {
    return !hasOpened && from.isSame(source);
  }

  /** Whether it has an open worker, which may do jobs. Exact under the lock. */
  public boolean isOpen() {
    return phase.is(Phase.SERVING) || phase.is(Phase.PINGING);
  }

  /** Whether it has opened a worker from that source. */
  public boolean hasOpenedFrom(WorkerSource<J, R> from) {
    return hasOpened && from.isSame(source);
  }

  /** It has opened a worker. */
  public void opened(Worker<J, R> ready) {
    recyclePolicy.begins(); // first, since it may throw
    runner.opened(ready);
    opened++;
    failedOpenings = 0;
    phase.becomes(Phase.SERVING);
    hasOpened = true;
    if (!isCounted) { // else it has taken the place of one that is counted
      isCounted = true;
      base.life().workerOpened();
    }
  }

  /** Its worker serves no longer, whoever says so first. */
  public void left() {
    if (isCounted) {
      isCounted = false;
      base.life().workerLeft();
      parts.dispatcher().workerLeft(slot);
    }
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

  /** How many workers it has opened. Exact under the lock. */
  int openedCount() {
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
