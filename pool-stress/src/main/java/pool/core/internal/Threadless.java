package pool.core.internal;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.core.StressSettings;
import pool.core.WhenFull;
import pool.core.WorkerPool;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.worker.Slot;
import pool.core.internal.worker.WorkerRuns;
import pool.core.internal.worker.WorkerThread;

/**
 * An open pool none of whose threads was started: the actors of a test do what its workers would,
 * step by step. One job was done, so that there are permits and the next submit takes the fast
 * path.
 */
final class Threadless {

  static final Worker<String, String> WORKER = job -> job;

  private Threadless() {}

  static PoolCore<String, String> open(int workers, int capacity) {
    return open(builder(workers, capacity), WORKER);
  }

  /** The same, whose worker does several jobs together, and whose time-outs the test makes pass. */
  static PoolCore<String, String> openFor(BatchWorker<String, String> worker) {
    return open(builder(1, 4).jobTimeout(Duration.ofHours(1)), worker);
  }

  /** The same, with a time-out that only the test makes pass. */
  static PoolCore<String, String> openWithTimeout(int workers) {
    return open(
        builder(workers, 4).jobTimeout(Duration.ofHours(1)).cancelGrace(Duration.ZERO), WORKER);
  }

  private static WorkerPool.Builder<String, String> builder(int workers, int capacity) {
    return WorkerPool.of(Pools.FACTORY)
        .name("stress")
        .workers(workers)
        .queueCapacity(capacity)
        .whenFull(WhenFull.REJECT);
  }

  private static PoolCore<String, String> open(
      WorkerPool.Builder<String, String> builder, Worker<String, String> opened) {
    PoolCore<String, String> core =
        new PoolCore<>(Pools.FACTORY, OptionValues.NONE, StressSettings.of(builder));
    try (var _ = core.lock.hold()) {
      core.base.bell().end(); // before it calls the supervisor
      core.life.threadsStart(core.slots.size());
      for (Slot<String, String> slot : core.slots) { // as its thread would
        boolean _ =
            core.slotFiller.opened(slot.thread(), opened, core.slotFiller.opens(slot.thread()));
      }
    }
    JobFuture<String, String> _ = core.queue.submit("first");
    doOne(core, opened);
    return core;
  }

  /** What the first worker does when there is something to do. */
  static void doOne(PoolCore<String, String> core) {
    doOne(core, WORKER);
  }

  /** The same with that worker. */
  static void doOne(PoolCore<String, String> core, Worker<String, String> opened) {
    WorkerThread<String, String> worker = core.slots.getFirst().thread();
    Work<String, String> work = core.dispatcher.next(worker);
    if (work != null) {
      Throwable _ = WorkerRuns.run(worker, opened, work);
    }
  }

  /** A worker has found nothing: it enters itself as asleep, then looks once more. */
  static boolean fallsAsleepSeeing(
      PoolCore<String, String> core, WorkerThread<String, String> worker, BooleanSupplier work) {
    try (var _ = core.lock.hold()) {
      core.idleWorkers.add(worker.parker(), false);
      return work.getAsBoolean();
    }
  }

  /** Wakes the worker; true when it slept. */
  static boolean wake(PoolCore<String, String> core, WorkerThread<String, String> worker) {
    try (var _ = core.lock.hold()) {
      boolean slept = core.idleWorkers.anySleeps();
      core.idleWorkers.wake(worker.parker());
      return slept;
    }
  }

  /** Lets pass up to twice the time that a worker spins before it sleeps. */
  static void delay() {
    for (int i = ThreadLocalRandom.current().nextInt(2_000); i > 0; i--) {
      Thread.onSpinWait();
    }
  }
}
