package pool.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A submitted job and the future of its result, in one object of 32 bytes: all that a job costs.
 *
 * <p>The life of a job; each transition is one compare-and-set, so exactly one thread makes it:
 *
 * <pre>
 *            a worker starts it                  its run returns or throws
 *   WAITING ───────────────────▶ RUNNING by n ────────────────────────────▶ SUCCEEDED, FAILED
 *      ▲                            │     cancelled, or stopped by a close
 *      │                            ├─────────────────────────────────────▶ CANCELLED while n ran it
 *      │                            │     ran too long
 *      │                            ├─────────────────────────────────────▶ TIMED_OUT while n ran it
 *      │     broke its worker       │
 *      ├────────────────────────────┘
 *      └──────────────────────────────────────────────────────────────────▶ CANCELLED_WAITING, NOT_STARTED,
 *            cancelled, past a close's deadline, or no worker can be opened  NO_WORKER
 * </pre>
 *
 * <p>Whoever makes the last transition counts the job and then completes the future, so that a
 * future that is seen done was counted. All ways of completing a future by hand therefore go
 * through {@link Canceller#withdraw} first.
 *
 * <p>The state is reached by a {@link VarHandle}, and not an {@code AtomicInteger}, since that
 * would be a second object of 16 bytes for each job.
 */
sealed class JobFuture<J, R> extends CompletableFuture<R> implements Work<J, R>
    permits TimedFuture {

  private static final int WAITING = 0;
  static final int SUCCEEDED = 1;
  static final int FAILED = 2;
  static final int CANCELLED_WAITING = 3;
  static final int NOT_STARTED = 4;
  static final int NO_WORKER = 5;
  private static final int RUNNING = 8; // + slot
  private static final int CANCELLED = -1; // - slot
  private static final int TIMED_OUT = Integer.MIN_VALUE; // + slot

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

  private static final long PUBLICATION_LOOK_NANOS = 20_000;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(JobFuture.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Canceller<J, R> canceller;
  private @Nullable J job; // let go when it is over, so that a kept future keeps no job alive
  private volatile int state;

  JobFuture(Canceller<J, R> canceller, J job) {
    this.canceller = canceller;
    this.job = job;
  }

  /** The job, of whoever has made the last transition and not yet let go of it. */
  J job() {
    return Objects.requireNonNull(job, "the job is over");
  }

  void letGo() {
    job = null;
  }

  @Override
  public long waitedUntil(long now) {
    return 0; // nobody wanted to know
  }

  boolean isWaiting() {
    return state == WAITING;
  }

  /**
   * Whether it is running on a worker, or has ended there: for a job that the worker has claimed.
   */
  boolean wasStartedBy(int slot) {
    int now = state;
    return now == RUNNING + slot || isStopped(now, slot) || now == SUCCEEDED || now == FAILED;
  }

  private static boolean isStopped(int state, int slot) {
    return state == CANCELLED - slot || state == TIMED_OUT + slot;
  }

  /** Whether it was cancelled or returned, though perhaps the future is not yet completed. */
  boolean isCalledOff() {
    int now = state;
    return (now < 0 && now > TIMED_OUT / 2) || now == CANCELLED_WAITING || now == NOT_STARTED;
  }

  // Transitions

  /** WAITING to RUNNING. */
  boolean start(int slot) {
    return STATE.compareAndSet(this, WAITING, RUNNING + slot);
  }

  /** RUNNING to SUCCEEDED or FAILED, by the worker whose run returned. */
  boolean end(int slot, int how) {
    return STATE.compareAndSet(this, RUNNING + slot, how);
  }

  /** WAITING to CANCELLED_WAITING, NOT_STARTED or NO_WORKER. */
  boolean endWaiting(int how) {
    return STATE.compareAndSet(this, WAITING, how);
  }

  /** RUNNING to WAITING, by the worker that it broke. */
  boolean waitAgain(int slot) {
    return STATE.compareAndSet(this, RUNNING + slot, WAITING);
  }

  /** RUNNING to CANCELLED. */
  boolean cancelRun(int slot) {
    return STATE.compareAndSet(this, RUNNING + slot, CANCELLED - slot);
  }

  /** RUNNING to TIMED_OUT. */
  boolean timeOut(int slot) {
    return STATE.compareAndSet(this, RUNNING + slot, TIMED_OUT + slot);
  }

  @Override
  public boolean cancelRun(WorkerThread<J, R> worker) {
    return cancelRun(worker.slot());
  }

  /** The slot of the worker that runs it, unless it has settled; else -1. */
  int runner() {
    int now = state;
    return now < RUNNING ? -1 : now - RUNNING;
  }

  @Override
  public @Nullable J runningJob(WorkerThread<J, R> worker) {
    return job;
  }

  boolean isRunning(int slot) {
    return state == RUNNING + slot;
  }

  @Override
  public boolean isRunning(WorkerThread<J, R> worker) {
    return isRunning(worker.slot());
  }

  @Override
  public boolean isRunningCancelled(WorkerThread<J, R> worker) {
    return isStopped(state, worker.slot());
  }

  // The owner

  /** Completes the future, by whoever settled it. */
  void succeed(@Nullable R result) {
    super.complete(result);
  }

  /** Completes the future, by whoever settled it. */
  void fail(Throwable cause) {
    super.completeExceptionally(cause);
  }

  /** Completes the future, as failed or, without a cause, cancelled, by whoever settled it. */
  void publish(@Nullable Throwable cause) {
    if (cause == null) {
      super.cancel(false);
    } else {
      super.completeExceptionally(cause);
    }
  }

  /** How the job ended, for a future that is done. */
  Outcome<J, R> outcome(J ofJob) {
    int now = state;
    return switch (now) {
      case SUCCEEDED -> new Outcome.Succeeded<>(ofJob, join());
      case FAILED, NO_WORKER -> new Outcome.Failed<>(ofJob, failure());
      case NOT_STARTED -> new Outcome.NotStarted<>(ofJob);
      default ->
          now < TIMED_OUT / 2
              ? new Outcome.Failed<>(ofJob, failure())
              : new Outcome.Cancelled<>(ofJob);
    };
  }

  /** Whether its run or the pool has failed it, with whatever exception. */
  private boolean hasFailed() {
    int now = state;
    return now == FAILED || now == NO_WORKER || now < TIMED_OUT / 2;
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
    if (canceller.withdraw(this, mayInterruptIfRunning)) {
      super.cancel(mayInterruptIfRunning);
    } else {
      awaitPublication();
    }
    return isCancelled();
  }

  @Override
  public boolean complete(@Nullable R value) {
    return canceller.withdraw(this, true) && super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    return canceller.withdraw(this, true) && super.completeExceptionally(cause);
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
    noteTimeOut();
    return limited;
  }

  @Override
  public CompletableFuture<R> completeOnTimeout(@Nullable R value, long timeout, TimeUnit unit) {
    CompletableFuture<R> limited = super.completeOnTimeout(value, timeout, unit);
    noteTimeOut();
    return limited;
  }

  private void noteTimeOut() {
    if (!isDone()) {
      canceller.waits().hasTimeOut(this);
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
  void awaitPublication() {
    for (int spins = 0; !isDone(); spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(PUBLICATION_LOOK_NANOS);
      }
    }
  }

  // A short job is over sooner than a thread can be parked and woken again.

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
    WorkerThread<J, R> worker = canceller.waits().begin(this);
    try {
      return super.join();
    } finally {
      canceller.waits().end(worker);
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

  private R getAsThrown() throws InterruptedException, ExecutionException {
    spin();
    if (isDone()) {
      return super.get();
    }
    WorkerThread<J, R> worker = canceller.waits().begin(this);
    try {
      return super.get();
    } finally {
      canceller.waits().end(worker);
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
    for (int i = 0; i < SPINS && !isDone(); i++) {
      Thread.onSpinWait();
    }
  }
}
