package pool.core.internal.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.Outcome;
import pool.core.PoolInterruptedException;
import pool.core.internal.close.Closing;
import pool.core.internal.job.JobFuture;
import pool.core.internal.life.Base;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.supervise.WorkerWaits;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.SettledWatch;

/**
 * A pool of callables as the JDK's executor: what {@code WorkerPool.asExecutorService} returns.
 *
 * <p>A job is a {@link Task}, so that {@code shutdownNow} can give back what was given. It holds
 * what the application holds of the pool: that is not forgotten while the executor is there.
 *
 * <p>Refused: {@code AbstractExecutorService}. Its {@code FutureTask}s interrupt the worker behind
 * the pool's back, do not reach {@code Worker.cancel}, and keep their room in the queue when they
 * are cancelled.
 */
public final class TaskExecutor implements ExecutorService {

  /** How long at most a stop waits for workers that were just taking a job to give it back. */
  private static final Duration GIVING_BACK = Duration.ofSeconds(3);

  private final Base base;
  private final Object held;
  private final JobQueue<Callable<?>, Object> queue;
  private final SettledWatch<Callable<?>, Object> watch;
  private final WorkerWaits<Callable<?>, Object> waits;
  private final Closing<Callable<?>, Object> closing;

  public TaskExecutor(
      Base base,
      Object held,
      JobQueue<Callable<?>, Object> queue,
      SettledWatch<Callable<?>, Object> watch,
      WorkerWaits<Callable<?>, Object> waits,
      Closing<Callable<?>, Object> closing) {
    this.base = base;
    this.held = held;
    this.queue = queue;
    this.watch = watch;
    this.waits = waits;
    this.closing = closing;
  }

  @SuppressWarnings("unchecked") // there is no other class for it
  public static WorkerFactory<Callable<?>, Object> factory() {
    Class<Callable<?>> callable = (Class<Callable<?>>) (Class<?>) Callable.class;
    return WorkerFactory.of("tasks", callable, Object.class, _ -> Callable::call);
  }

  // One task

  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    JobFuture<?, ?> _ = accept(Task.executed(task));
  }

  @Override
  public <T> Future<T> submit(Callable<T> task) {
    Objects.requireNonNull(task, "task");
    return new TaskFuture<>(accept(Task.submitted(task)));
  }

  @Override
  @SuppressWarnings("NullAway") // the result may be null
  public Future<?> submit(Runnable task) {
    return submit(task, null);
  }

  @Override
  public <T> Future<T> submit(Runnable task, T result) {
    Objects.requireNonNull(task, "task");
    return new TaskFuture<>(accept(Task.submitted(task, result)));
  }

  private JobFuture<Callable<?>, Object> accept(Task task) {
    try {
      return queue.submit(task);
    } catch (PoolInterruptedException e) {
      throw new RejectedExecutionException(e.getMessage(), e);
    }
  }

  // Many tasks. Whoever waits for room in the queue is woken when it is over: when there is a
  // result, or time is up.

  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
      throws InterruptedException {
    return all(List.copyOf(tasks), unlessOver(), null);
  }

  @Override
  public <T> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    List<Callable<T>> all = List.copyOf(tasks);
    long limit = Math.max(0, unit.toNanos(timeout));
    long deadline = System.nanoTime() + limit; // one that has overflown is still far away
    return all(all, unlessOver().completeOnTimeout(null, limit, TimeUnit.NANOSECONDS), deadline);
  }

  private <T> List<Future<T>> all(
      List<Callable<T>> tasks, CompletableFuture<?> over, @Nullable Long deadline)
      throws InterruptedException {
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    try {
      for (Callable<T> task : tasks) {
        JobFuture<Callable<?>, Object> job = acceptUnless(over, task, deadline);
        futures.add(job == null ? neverAccepted() : new TaskFuture<>(job));
      }
      for (Future<T> future : futures) {
        await(future, deadline);
      }
    } catch (TimeoutException e) {
      // what is done is done
    } finally {
      cancel(futures);
      boolean _ = over.cancel(false);
    }
    return Collections.unmodifiableList(futures);
  }

  private static void await(Future<?> future, @Nullable Long deadline)
      throws InterruptedException, TimeoutException {
    try {
      Object _ =
          deadline == null
              ? future.get()
              : future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | CancellationException e) {
      // that, too, is an end
    }
  }

  private static <T> Future<T> neverAccepted() {
    FutureTask<T> future = new FutureTask<>(() -> null);
    boolean _ = future.cancel(false);
    return future;
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return any(List.copyOf(tasks), unlessOver(), null);
    } catch (TimeoutException e) {
      throw new AssertionError("there was no limit", e);
    }
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<Callable<T>> all = List.copyOf(tasks);
    long limit = Math.max(0, unit.toNanos(timeout));
    long deadline = System.nanoTime() + limit;
    CompletableFuture<@Nullable Outcome<Callable<?>, Object>> race = unlessOver();
    return any(all, race.completeOnTimeout(null, limit, TimeUnit.NANOSECONDS), deadline);
  }

  /** The race is over when a task has succeeded, the last has failed, or, with null, in time. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the tasks were Callables<T>
  private <T> T any(
      List<Callable<T>> tasks,
      CompletableFuture<@Nullable Outcome<Callable<?>, Object>> race,
      @Nullable Long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    List<JobFuture<Callable<?>, Object>> runners = new ArrayList<>(tasks.size());
    AtomicInteger hopes = new AtomicInteger(tasks.size());
    try {
      if (tasks.isEmpty()) {
        throw new IllegalArgumentException("there must be at least one task, but there was none");
      }
      for (Callable<T> task : tasks) {
        JobFuture<Callable<?>, Object> job = acceptUnless(race, task, deadline);
        if (job == null) {
          break;
        }
        runners.add(job);
        CompletableFuture<?> _ =
            job.whenComplete((_, failure) -> {
              if (failure == null || hopes.decrementAndGet() == 0) {
                race.complete(job.outcome(task));
              }
            });
      }
      Outcome<Callable<?>, Object> outcome = deadline == null ? await(runners, race) : race.get();
      if (outcome == null) {
        throw new TimeoutException("no task has succeeded in time");
      }
      return (T) TaskFuture.result(outcome);
    } catch (CancellationException e) {
      throw new ExecutionException(e);
    } finally {
      cancel(runners);
      boolean _ = race.cancel(false);
    }
  }

  private <T> T await(List<JobFuture<Callable<?>, Object>> runners, CompletableFuture<T> race)
      throws InterruptedException, ExecutionException {
    try {
      waits.begin(
          runners, () -> race.isDone() || runners.stream().anyMatch(JobFuture::hasSucceeded));
      return race.get();
    } finally {
      waits.end();
    }
  }

  /** For a submitter to wait unless it is done, whereupon the submitter is woken. */
  private <T> CompletableFuture<T> unlessOver() {
    CompletableFuture<T> over = new CompletableFuture<>();
    CompletableFuture<T> _ = over.whenComplete((_, _) -> queue.wakeSubmitters());
    return over;
  }

  private @Nullable JobFuture<Callable<?>, Object> acceptUnless(
      CompletableFuture<?> over, Callable<?> task, @Nullable Long deadline)
      throws InterruptedException {
    if (over.isDone()) {
      return null;
    }
    long limit = deadline == null ? TimedWait.NEVER : Math.max(0, deadline - System.nanoTime());
    JobFuture<Callable<?>, Object> future = queue.future(Task.submitted(task));
    return queue.submitUnless(over::isDone, future, limit) ? future : null;
  }

  /** The last first: a worker that is stopped takes the next that is not yet cancelled. */
  private static void cancel(List<? extends Future<?>> futures) {
    for (Future<?> future : futures.reversed()) {
      boolean _ = future.isDone() || future.cancel(true);
    }
  }

  // Closing

  @Override
  public void shutdown() {
    closing.beginShutdown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    closing.begin();
    if (!closing.stop(true)) {
      return List.of(); // whoever stopped it was told
    }
    awaitSettled();
    abandonInTime();
    List<Runnable> unbegun = new ArrayList<>();
    for (Object job : base.report().notStartedJobs()) {
      if (!(job instanceof Task task)) {
        unbegun.add(new Task.Uncalled((Callable<?>) job));
      } else if (task.takeBack()) { // else it has begun, and was to be run again
        unbegun.add(task.asGiven());
      }
    }
    for (Object job : base.report().takeCancelledJobs()) {
      if (job instanceof Task task && task.takeBack()) {
        unbegun.add(task.asGiven());
      }
    }
    return Collections.unmodifiableList(unbegun);
  }

  /** Somebody has to look after the workers that were stopped and do not come back. */
  private void abandonInTime() {
    Thread _ =
        base.helpers()
            .start(
                "closer",
                () -> closing.insist(Duration.ZERO),
                "nobody abandons what does not stop");
  }

  /**
   * A worker may just be taking jobs that it will give back; nothing of the user's lies between.
   */
  private void awaitSettled() {
    long deadline = System.nanoTime() + GIVING_BACK.toNanos();
    boolean interrupted = false; // as a task that stops its own pool is
    boolean waits = true;
    while (waits) {
      try {
        boolean _ = watch.awaitIdle(Duration.ofNanos(deadline - System.nanoTime()));
        waits = false;
      } catch (PoolInterruptedException e) {
        interrupted = Thread.interrupted();
      }
    }
    Interrupts.restoreIf(interrupted);
  }

  @Override
  public boolean isShutdown() {
    return base.life().isClosing();
  }

  @Override
  public boolean isTerminated() {
    return base.life().isClosed();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return closing.awaitClosed(unit.toNanos(timeout));
  }

  @Override
  public void close() {
    CloseReport _ = closing.close();
  }

  @Override
  public String toString() {
    return "TaskExecutor[" + held + "]";
  }
}
