package pool.core.internal.job;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pool.core.Outcome;
import pool.core.internal.util.HelperThreads;

/**
 * A submitted job and the future of its result, in one object of 32 bytes: all that a job costs.
 *
 * <p>The life of a job; each transition is one compare-and-set, so exactly one thread makes it:
 *
 * <pre>
 *            a worker starts it          its run returns or throws
 *   WAITING ───────────────────▶ RUNNING ─────────────────────────▶ SUCCEEDED, FAILED
 *     │  ▲                        │    │   it is cancelled while it runs
 *     │  └── it is to run again ──┘    ├─────────────────────────────────▶ CANCELLED
 *     │                                │   it has run too long
 *     │                                └─────────────────────────────────▶ TIMED_OUT
 *     │  it is cancelled, the pool is stopped, or no worker can be opened
 *     └──────────────────────────────────────────────────────────────────▶ CANCELLED, NOT_STARTED, FAILED
 * </pre>
 *
 * <p>A job is to run again that broke its worker, that was put off, whose batch was rolled back, or
 * that has to wait behind a job of its key and its batch that was put off. One that was put off is
 * DELAYED first, and WAITING once its time has come, so that nobody starts it before who has met it
 * while it waited the first time; all else that is done to a waiting job may be done to it.
 *
 * <p>One word has the state, and the slot whose worker has started the job: a job that was settled
 * while it ran can be told from one that was settled before. Whoever makes the last transition
 * counts the job, and then completes the future or has it completed, so that a future that is seen
 * done was counted. All ways of completing a future by hand therefore go through {@link
 * JobOwner#settleCancelled} first.
 *
 * <p>The word is reached by a {@link VarHandle}, and not an {@code AtomicInteger}, since that would
 * be a second object of 16 bytes for each job.
 */
@SuppressWarnings("EnumOrdinal") // the states are only packed
public sealed class JobFuture<J, R> extends CompletableFuture<R>
    implements Work<J, R>, RunPart<J, R>, Publication permits ContextFuture {

  private static final JobState[] STATES = JobState.values();
  private static final int STATE_BITS = 3; // above them 1 + the slot; 0 for none
  private static final int STATE_MASK = (1 << STATE_BITS) - 1;
  private static final int WAITING = JobState.WAITING.ordinal();
  private static final int DELAYED = JobState.DELAYED.ordinal();

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;
  private static final int SPINS_TO_START = SPINS / 5;

  private static final long PUBLICATION_LOOK_NANOS = 20_000;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(JobFuture.class, "word", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final JobOwner<J, R> owner;
  private @Nullable J job; // let go when it is over, so that a kept future keeps no job alive
  private volatile int word = WAITING;

  public JobFuture(JobOwner<J, R> owner, J job) {
    this.owner = owner;
    this.job = job;
  }

  private static int word(JobState state, int slot) {
    return (slot + 1) << STATE_BITS | state.ordinal();
  }

  JobOwner<J, R> owner() {
    return owner;
  }

  JobState now() {
    return STATES[word & STATE_MASK];
  }

  /** The job, of whoever has made the last transition and not yet let go of it. */
  public J job() {
    return Objects.requireNonNull(job, "the job is over");
  }

  public void dropJob() {
    job = null;
  }

  @Override
  public long waitedUntil(long now) {
    return 0; // nobody wanted to know
  }

  /** Whether it waits for a time. */
  public boolean isDelayed() {
    return word == DELAYED;
  }

  /** Whether only one slot may do it, whatever the distribution. */
  public boolean isForOneSlot() {
    return false;
  }

  /** Whether it waits, and may be started. */
  public boolean isWaiting() {
    return word == WAITING;
  }

  /** Whether a slot's worker has started it, though it may have settled. */
  public boolean wasStartedBy(int slot) {
    return startedBy() == slot;
  }

  /** The slot whose worker has started it, though it may have settled; -1 if it waits, or did. */
  public int startedBy() {
    return (word >>> STATE_BITS) - 1;
  }

  /** Whether it has settled without having been started, or since it waited again. */
  boolean endedWaiting() {
    return isSettled() && startedBy() < 0;
  }

  /** Whether it has settled, though perhaps the future is not yet completed. */
  public boolean isSettled() {
    return now().compareTo(JobState.RUNNING) > 0;
  }

  /** Whether it has succeeded, though perhaps the future is not yet completed. */
  public boolean hasSucceeded() {
    return now() == JobState.SUCCEEDED;
  }

  /** Whether it was cancelled or not started, though perhaps the future is not yet completed. */
  public boolean isCalledOff() {
    JobState now = now();
    return now == JobState.CANCELLED || now == JobState.NOT_STARTED;
  }

  // Transitions

  /** WAITING to RUNNING. */
  public boolean start(int slot) {
    return WORD.compareAndSet(this, WAITING, word(JobState.RUNNING, slot));
  }

  /** RUNNING to SUCCEEDED or FAILED, by the worker; to CANCELLED or TIMED_OUT, by anybody. */
  public boolean endRun(int slot, JobState how) {
    return WORD.compareAndSet(this, word(JobState.RUNNING, slot), word(how, slot));
  }

  /** WAITING or DELAYED to CANCELLED, NOT_STARTED or FAILED. Under the lock. */
  public boolean endWaiting(JobState how) {
    return WORD.compareAndSet(this, WAITING, how.ordinal())
        || WORD.compareAndSet(this, DELAYED, how.ordinal());
  }

  /** RUNNING to DELAYED, by the worker that has put it off. Under the lock. */
  public boolean delay(int slot) {
    return WORD.compareAndSet(this, word(JobState.RUNNING, slot), DELAYED);
  }

  /** DELAYED to WAITING: its time has come. Under the lock. */
  public boolean makeDue() {
    return WORD.compareAndSet(this, DELAYED, WAITING);
  }

  /** RUNNING to WAITING: it is to run again. Under the lock. */
  public boolean waitAgain(int slot) {
    return WORD.compareAndSet(this, word(JobState.RUNNING, slot), WAITING);
  }

  /** Whether its worker has settled it, by the end of its run. */
  public boolean hasEndedRun() {
    JobState now = now();
    return now == JobState.SUCCEEDED || now == JobState.FAILED;
  }

  /** The slot of the worker that runs it, unless it has settled; else -1. */
  public int runningSlot() {
    int now = word;
    return (now & STATE_MASK) == JobState.RUNNING.ordinal() ? (now >>> STATE_BITS) - 1 : -1;
  }

  @Override
  public @Nullable Object runningJob(int slot) {
    return job;
  }

  @Override
  public List<JobFuture<J, R>> parts() {
    return List.of(this);
  }

  @Override
  public boolean isRunning(int slot) {
    return word == word(JobState.RUNNING, slot);
  }

  @Override
  public boolean isRunningSettled(int slot) {
    int now = word;
    return now == word(JobState.CANCELLED, slot) || now == word(JobState.TIMED_OUT, slot);
  }

  @Override
  public boolean cancelRun(int slot) {
    return endRun(slot, JobState.CANCELLED);
  }

  @Override
  public boolean timeOutRun(int slot, BooleanSupplier isMeant, Throwable cause) {
    return isMeant.getAsBoolean() && endRun(slot, JobState.TIMED_OUT);
  }

  @Override
  public void addTo(Completions<J, R> completions, @Nullable Throwable cause) {
    completions.add(this, cause);
  }

  @Override
  public void settledRunReturned(int slot, boolean isAbandoned) {
    dropJob();
  }

  // Whoever settled it

  public void succeed(@Nullable R result) {
    publish(JobState.SUCCEEDED, result, null);
  }

  public void fail(Throwable cause) {
    publish(JobState.FAILED, null, cause);
  }

  /** Completes the future as failed or, without a cause, as cancelled. */
  void publish(@Nullable Throwable cause) {
    publish(cause == null ? JobState.CANCELLED : JobState.FAILED, null, cause);
  }

  /**
   * Completes the future. That may take a few bytes, which are waited for, since the job has
   * settled; to complete a future again goes on with what is chained to it.
   */
  @SuppressWarnings("ThreadPriorityCheck")
  private void publish(JobState how, @Nullable R result, @Nullable Throwable cause) {
    boolean isComplete = false;
    boolean isTold = false;
    while (!isComplete) {
      try {
        complete(how, result, cause);
        isComplete = true;
      } catch (OutOfMemoryError e) {
        if (!isTold) {
          HelperThreads.survived(e);
          isTold = true;
        }
        Thread.yield(); // and no timed wait: a virtual thread's may then never end
      }
    }
  }

  void complete(JobState how, @Nullable R result, @Nullable Throwable cause) {
    if (how == JobState.SUCCEEDED) {
      super.complete(result);
    } else if (cause == null) {
      super.cancel(false);
    } else {
      super.completeExceptionally(cause);
    }
  }

  @Override
  public @Nullable JobFuture<?, ?> firstUndone() {
    return isDone() ? null : this;
  }

  // Anybody

  /** How the job ended, for a future that is done. */
  public Outcome<J, R> outcome(J ofJob) {
    return switch (now()) {
      case SUCCEEDED -> new Outcome.Succeeded<>(ofJob, join());
      case FAILED, TIMED_OUT -> new Outcome.Failed<>(ofJob, failure());
      case NOT_STARTED -> new Outcome.NotStarted<>(ofJob);
      case CANCELLED, WAITING, DELAYED, RUNNING -> new Outcome.Cancelled<>(ofJob);
    };
  }

  /** Whether its run or the pool has failed it, with whatever exception. */
  private boolean hasFailed() {
    JobState now = now();
    return now == JobState.FAILED || now == JobState.TIMED_OUT;
  }

  // A run may throw a CancellationException, which CompletableFuture takes for a cancellation.
  // The pool says how the job ended.

  @Override
  public boolean isCancelled() {
    return super.isCancelled() && !hasFailed();
  }

  @Override
  public State state() {
    State state = super.state();
    return state == State.CANCELLED && hasFailed() ? State.FAILED : state;
  }

  @Override
  public Throwable exceptionNow() {
    return super.isCancelled() && hasFailed() ? failure() : super.exceptionNow();
  }

  @Override
  public R resultNow() {
    if (super.isCancelled() && hasFailed()) {
      throw new IllegalStateException("the job has failed: it has no result");
    }
    return super.resultNow();
  }

  @Override
  public R getNow(R valueIfAbsent) {
    return isDone() ? join() : valueIfAbsent;
  }

  private ExecutionException thrown(CancellationException asCancelled) {
    if (hasFailed()) {
      return new ExecutionException(failure());
    }
    throw asCancelled;
  }

  /** As the worker threw it. */
  private Throwable failure() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CompletableFuture<?> _ = whenComplete((_, e) -> failure.set(e));
    return failure.get();
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean _ = cancelHere(mayInterruptIfRunning);
    return isCancelled();
  }

  /** Cancels it; false when it had settled, though it was cancelled. */
  public boolean cancelHere(boolean stop) {
    boolean here = owner.settleCancelled(this, stop);
    if (here) {
      publish(null);
    } else {
      awaitPublication();
    }
    return here;
  }

  @Override
  public boolean complete(@Nullable R value) {
    boolean here = owner.settleCancelled(this, true);
    if (here) {
      succeed(value);
    }
    return here;
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    boolean here = owner.settleCancelled(this, true);
    if (here) {
      fail(cause);
    }
    return here;
  }

  @Override
  public CompletableFuture<R> completeAsync(
      Supplier<? extends @Nullable R> supplier, Executor executor) {
    Objects.requireNonNull(supplier, "supplier");
    executor.execute(() -> {
      try {
        complete(supplier.get());
      } catch (Throwable e) {
        completeExceptionally(e);
      }
    });
    return this;
  }

  @Override
  public CompletableFuture<R> orTimeout(long timeout, TimeUnit unit) {
    CompletableFuture<R> limited = super.orTimeout(timeout, unit);
    tellTimeOut();
    return limited;
  }

  @Override
  public CompletableFuture<R> completeOnTimeout(@Nullable R value, long timeout, TimeUnit unit) {
    CompletableFuture<R> limited = super.completeOnTimeout(value, timeout, unit);
    tellTimeOut();
    return limited;
  }

  private void tellTimeOut() {
    if (!isDone()) {
      owner.noteTimeOut(this);
    }
  }

  @Override
  public void obtrudeValue(@Nullable R value) {
    cancel(true);
    super.obtrudeValue(value);
  }

  @Override
  public void obtrudeException(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    cancel(true);
    super.obtrudeException(cause);
  }

  /** Whoever settled it is about to complete it, or another thread in its stead. */
  public void awaitPublication() {
    awaitPublication(Long.MAX_VALUE);
  }

  /** The same, so many nanoseconds at most, or a little longer. */
  public void awaitPublication(long most) {
    long began = System.nanoTime();
    for (int spins = 0; !isDone() && System.nanoTime() - began < most; spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PUBLICATION_LOOK_NANOS);
      }
    }
  }

  // A short job is over sooner than a thread can be parked and woken again. But a worker that is
  // woken for the job may be about to run on this very processor, and only once it is free.

  @Override
  public R join() {
    try {
      return joinAsThrown();
    } catch (CancellationException e) {
      throw new CompletionException(thrown(e).getCause());
    }
  }

  private R joinAsThrown() {
    spin();
    if (isDone()) {
      return super.join();
    }
    try {
      owner.beginWait(this);
      return super.join();
    } finally {
      owner.endWait();
    }
  }

  @Override
  public R get() throws InterruptedException, ExecutionException {
    try {
      return getAsThrown();
    } catch (CancellationException e) {
      throw thrown(e);
    }
  }

  /** Waits until the future is done, however it ends: the outcome says how. */
  public void awaitDone() throws InterruptedException {
    try {
      Object _ = isDone() ? null : getAsThrown();
    } catch (ExecutionException | CancellationException e) {
      // how it ended is the outcome's to say
    }
  }

  private R getAsThrown() throws InterruptedException, ExecutionException {
    spin();
    if (isDone()) {
      return super.get();
    }
    try {
      owner.beginWait(this);
      return super.get();
    } finally {
      owner.endWait();
    }
  }

  @Override
  public R get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    spin();
    try {
      return super.get(timeout, unit);
    } catch (CancellationException e) {
      throw thrown(e);
    }
  }

  private void spin() {
    for (int i = 0; i < SPINS && !isDone() && (i < SPINS_TO_START || !isWaiting()); i++) {
      Thread.onSpinWait();
    }
  }
}
