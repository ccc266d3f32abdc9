package pool.core.internal;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Await;
import pool.core.Outcome;
import pool.core.TestSettings;
import pool.core.ThreadKind;
import pool.core.WhenFull;
import pool.core.WorkerPool;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.executor.Task;
import pool.core.internal.job.JobFuture;
import pool.core.internal.queue.ClaimedJobs;
import pool.core.internal.worker.WorkerThread;

/** The steps of an executor's workers that are outrun by a stop, without their threads. */
@Timeout(60)
class ShutdownNowTest {

  private static final int WORKERS = 2;

  private final CountDownLatch release = new CountDownLatch(1);

  /** Step by step, since it is over in nanoseconds. */
  @ParameterizedTest
  @EnumSource
  void shutdownNowWaitsForWhatWorkersAreJustTakingAndKeepsTheFlag(ThreadKind threads)
      throws Exception {
    PoolCore<Callable<?>, Object> core = threadless(threads);
    WorkerThread<Callable<?>, Object> worker = core.slots.get(0).thread();
    WorkerThread<Callable<?>, Object> other = core.slots.get(1).thread();
    List<Runnable> given = List.of(() -> {}, () -> {}, () -> {});
    List<JobFuture<Callable<?>, Object>> jobs =
        given.stream().map(task -> core.queue.submit(Task.executed(task))).toList();
    ClaimedJobs<Callable<?>, Object> taken =
        new ClaimedJobs<>(0, 2); // not yet where others see them
    assertEquals(2, core.queue.take(taken, 2));
    var _ = jobs.get(2).whenComplete((_, _) -> awaitRelease()); // so that it does not end
    boolean[] flag = new boolean[1];
    ExecutorService view = PoolCore.executor(core, this);
    FutureTask<List<Runnable>> stopping =
        new FutureTask<>(() -> {
          List<Runnable> never = view.shutdownNow();
          flag[0] = Thread.interrupted();
          return never;
        });
    Thread stopper = Thread.ofPlatform().start(stopping);
    Await.until("the stopper waits", () -> stopper.getState() == Thread.State.TIMED_WAITING);
    stopper.interrupt();
    claims(worker, jobs.get(0)); // it sees the stop before it starts that
    claims(other, jobs.get(1)); // the worker sees the stop when it has started that
    assertNull(core.dispatcher.next(worker));
    List<Runnable> never = stopping.get(20, SECONDS);
    assertEquals(3, never.size());
    assertEquals(Set.copyOf(given), Set.copyOf(never));
    assertTrue(flag[0]);
    assertInstanceOf(Outcome.NotStarted.class, jobs.get(0).outcome(() -> null));
    assertInstanceOf(Outcome.Cancelled.class, jobs.get(1).outcome(() -> null));
    assertInstanceOf(Outcome.NotStarted.class, jobs.get(2).outcome(() -> null));
    assertFalse(core.life.isClosed());
    release.countDown();
    endThreads(core);
    assertTrue(core.life.isClosed());
    Await.noThreadOf("tasks");
  }

  /** A stop settles what waits in portions, and the lock is free in between. */
  @ParameterizedTest
  @EnumSource
  void onceThePoolIsStoppedAWorkerStartsNothingThatWaitsForItsSlot(ThreadKind threads)
      throws Exception {
    PoolCore<Callable<?>, Object> core = threadless(threads);
    JobFuture<Callable<?>, Object> keyed = core.queue.submit(() -> null, 7);
    core.lock.lock();
    try {
      assertTrue(core.life.beginClosing());
      assertTrue(core.life.stop());
    } finally {
      core.lock.unlock();
    }
    for (int slot = 0; slot < WORKERS; slot++) {
      assertNull(core.dispatcher.next(core.slots.get(slot).thread()));
    }
    assertFalse(keyed.isDone());
    assertFalse(core.closing.stop(false));
    endThreads(core);
    assertInstanceOf(Outcome.NotStarted.class, keyed.outcome(() -> null));
    assertTrue(core.life.isClosed());
    Await.noThreadOf("tasks");
  }

  @ParameterizedTest
  @EnumSource
  void shutdownNowDoesNotWaitForEverForWhatAWorkerIsJustTaking(ThreadKind threads)
      throws Exception {
    PoolCore<Callable<?>, Object> core = threadless(threads);
    Runnable given = () -> {};
    JobFuture<Callable<?>, Object> job = core.queue.submit(Task.executed(given));
    assertEquals(1, core.queue.take(new ClaimedJobs<>(0, 2), 2)); // and nobody goes on with it
    ExecutorService view = PoolCore.executor(core, this);
    assertEquals(List.of(), view.shutdownNow());
    assertFalse(job.isDone());
    WorkerThread<Callable<?>, Object> worker = core.slots.get(0).thread();
    claims(worker, job);
    assertNull(core.dispatcher.next(worker)); // it gives it back, and nobody wants it
    assertInstanceOf(Outcome.NotStarted.class, job.outcome(() -> null));
    endThreads(core);
    assertTrue(core.life.isClosed());
    Await.noThreadOf("tasks");
  }

  private void awaitRelease() {
    Await.until("it is released", () -> release.getCount() == 0);
  }

  private static PoolCore<Callable<?>, Object> threadless(ThreadKind threads) {
    PoolCore<Callable<?>, Object> core =
        new PoolCore<>(
            PoolCore.tasks(),
            OptionValues.NONE,
            TestSettings.of(
                WorkerPool.tasks()
                    .workers(WORKERS)
                    .threads(threads)
                    .queueCapacity(10)
                    .whenFull(WhenFull.REJECT)
                    .cancelGrace(Duration.ofSeconds(20))));
    core.lock.lock();
    try {
      core.life.threadsStart(WORKERS);
      core.life.beginOpening();
      for (int i = 0; i < WORKERS; i++) {
        core.life.workerOpened();
      }
    } finally {
      core.lock.unlock();
    }
    return core;
  }

  private static void claims(
      WorkerThread<Callable<?>, Object> worker, JobFuture<Callable<?>, Object> job) {
    worker.claimed().put(0, job);
    worker.claimed().took(1);
  }

  private static void endThreads(PoolCore<Callable<?>, Object> core) {
    core.lock.lock();
    try {
      for (int i = 0; i < WORKERS; i++) {
        core.life.threadEnded();
      }
    } finally {
      core.lock.unlock();
    }
    core.closing.threadEnded();
  }
}
