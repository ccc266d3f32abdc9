package pool.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A submitted job and the future of its result, in one object.
 *
 * <p>Two things end it: its {@link Claim} settles, and then its future completes. Only the thread
 * that settled the claim completes the future, so the accounts and what the owner sees always
 * agree. All ways of completing a future by hand therefore go through {@link Dispatcher#withdraw}
 * first.
 */
final class JobFuture<J, R> extends CompletableFuture<R> implements Claim<J, R> {

  /** The slot of a job that any worker may take. */
  static final int ANY_SLOT = -1;

  private final Dispatcher<J, R> dispatcher;
  private final int slot;

  // Under the pool's lock:
  private @Nullable J job; // let go when it settles, so that a kept future keeps no job alive
  private @Nullable WorkerThread<J, R> runner;
  private @Nullable Settlement settlement;

  JobFuture(Dispatcher<J, R> dispatcher, J job, int slot) {
    this.dispatcher = dispatcher;
    this.job = job;
    this.slot = slot;
  }

  /** The slot that must do this job, or {@link #ANY_SLOT}. */
  int slot() {
    return slot;
  }

  @Override
  public J job() {
    return Objects.requireNonNull(job, "the job has settled");
  }

  @Override
  public boolean start(WorkerThread<J, R> by) {
    if (settlement != null) {
      return false;
    }
    runner = by;
    return true;
  }

  @Override
  public @Nullable WorkerThread<J, R> runner() {
    return runner;
  }

  @Override
  public boolean isSettled() {
    return settlement != null;
  }

  @Override
  public void settle(Settlement how, @Nullable R result, @Nullable Throwable cause) {
    settlement = how;
    runner = null;
    job = null;
  }

  @Override
  public void publish(Settlement how, @Nullable R result, @Nullable Throwable cause) {
    switch (how) {
      case SUCCEEDED -> super.complete(result);
      case CANCELLED -> super.cancel(false);
      case FAILED, RETURNED -> super.completeExceptionally(Objects.requireNonNull(cause));
    }
  }

  /**
   * Completes futures that settled together. What is chained to one of them may wait for another of
   * them, so each that has something chained is completed on a thread of its own, which is
   * returned.
   */
  static <J, R> List<Thread> publishAll(
      List<? extends Claim<J, R>> settled, Settlement how, @Nullable Throwable cause) {
    List<Thread> tellers = new ArrayList<>();
    for (Claim<J, R> claim : settled) {
      if (claim instanceof JobFuture<J, R> future && future.getNumberOfDependents() > 0) {
        tellers.add(Thread.startVirtualThread(() -> future.publish(how, null, cause)));
      } else {
        claim.publish(how, null, cause);
      }
    }
    return tellers;
  }

  /** How the job ended, for a future that is done. */
  Outcome<J, R> outcome(J ofJob) {
    return switch (dispatcher.settlementOf(this)) {
      case SUCCEEDED -> new Outcome.Succeeded<>(ofJob, join());
      case FAILED -> new Outcome.Failed<>(ofJob, failure());
      case CANCELLED -> new Outcome.Cancelled<>(ofJob);
      case RETURNED -> new Outcome.Returned<>(ofJob);
    };
  }

  /** As the worker threw it; {@code exceptionNow} would refuse a CancellationException. */
  private Throwable failure() {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CompletableFuture<?> _ = whenComplete((_, e) -> failure.set(e));
    return failure.get();
  }

  @Nullable Settlement settlement() {
    return settlement;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (dispatcher.withdraw(this, mayInterruptIfRunning)) {
      super.cancel(mayInterruptIfRunning);
    } else {
      awaitPublication();
    }
    return isCancelled();
  }

  @Override
  public boolean complete(@Nullable R value) {
    return dispatcher.withdraw(this, true) && super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    return dispatcher.withdraw(this, true) && super.completeExceptionally(cause);
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

  /** Whoever settled it is about to complete it; nothing of the user's lies between. */
  @SuppressWarnings("ThreadPriorityCheck") // it is about to be scheduled, if it is not running
  private void awaitPublication() {
    while (!isDone()) {
      Thread.yield();
    }
  }
}
